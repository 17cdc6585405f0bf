"""What the stack's config asks for now, compared with what was last deployed: an edit is no drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from s3_perimeter.stack.state import State

if TYPE_CHECKING:
    from s3_perimeter.addresses import AddressSet
    from s3_perimeter.fence import Perimeter

__all__ = ["Intent", "read_intent"]


@dataclass(frozen=True, slots=True)
class Intent:
    """The perimeter that the config declares, and what in the config waits for the next `pulumi up`.

    `perimeter` is None where the config was edited since the last deployment: what is deployed was declared
    by another one.
    """

    perimeter: Perimeter | None = None
    pending: tuple[str, ...] = ()


def read_intent(config: Mapping[str, Any], state: State, today: date) -> Intent | None:
    """Compare a stack's config with what its state says was deployed; None where the config is not ours."""
    from s3_perimeter.settings import Settings, SettingsError
    from s3_perimeter.stack.config import own_config

    own = own_config(config)
    if not own:
        return None
    try:
        settings = Settings.parse(own, project=state.project, stack=state.stack, today=today)
    except SettingsError as error:
        return Intent(pending=tuple(" ".join(str(mistake).split()) for mistake in error.mistakes))
    pending = tuple(_pending(settings, state))
    if pending:
        return Intent(pending=pending)
    account = next(
        (
            arn.split(":")[4]
            for kind in ("iam/user", "iam/role")
            for holder in state.of(kind)
            if (arn := holder.text("arn")) is not None
        ),
        "",
    )
    bucket = state.outputs.get("bucket")
    if not account or not isinstance(bucket, str) or settings.bucket(account) != bucket:
        return Intent()
    partition = next((arn.split(":")[1] for b in state.of("s3/bucket") if (arn := b.text("arn"))), "aws")
    return Intent(perimeter=settings.perimeter(account=account, partition=partition))


def _pending(settings: Any, state: State) -> Iterator[str]:
    outputs = state.outputs
    bucket, wanted = outputs.get("bucket"), settings.bucket_name
    if isinstance(bucket, str) and wanted and wanted != bucket:
        yield f"bucketName is {wanted}; deployed: {bucket}"
    deployed = _addresses(outputs.get("allowedNetworks"))
    if deployed is not None and deployed != settings.allowed_addresses:
        come, go = settings.allowed_addresses - deployed, deployed - settings.allowed_addresses
        said = [f"adds {', '.join(come.cidrs())}"] if come else []
        said += [f"removes {', '.join(go.cidrs())}"] if go else []
        yield f"allowedNetworks {' and '.join(said)}"
    # A stack without roles has no such output.
    for kind, people in (("users", settings.users), ("roles", settings.roles)):
        given = outputs.get(kind, None if kind == "users" else {})
        names = set(given) if isinstance(given, list | dict) else None
        asked = {person.name for person in people}
        if names is not None and all(isinstance(name, str) for name in names) and names != asked:
            yield (
                f"{kind} are {', '.join(sorted(asked)) or 'none'}, "
                f"deployed are {', '.join(sorted(names)) or 'none'}"
            )
    for part in state.of("s3/bucketVersioning"):
        status = part.properties.block("versioningConfiguration").text("status")
        if part.text("bucket") == bucket and (status == "Enabled") != settings.versioning:
            yield f"versioning is {'on' if settings.versioning else 'off'}, deployed is {status}"


def _addresses(listed: object) -> AddressSet | None:
    from s3_perimeter.addresses import AddressError, AddressSet

    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        return None
    try:
        return AddressSet.parse(listed)
    except AddressError:
        return None
