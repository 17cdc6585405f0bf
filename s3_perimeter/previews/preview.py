"""A real preview with policy packs: what they object to, what it takes off a bucket that stays, and what its
events say of the bucket's policy before and after.

`pulumi preview --json` leaves policy events out; the event log has them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from s3_perimeter.previews.deletions import Step, taken_off
from s3_perimeter.previews.packs import Pack, pack_words
from s3_perimeter.previews.violations import Violation, ordered, plain
from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.saying import note
from s3_perimeter.stack.config import own_config
from s3_perimeter.stack.pulumi import start_pulumi

__all__ = ["Preview", "preview"]

POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(slots=True)
class Preview:
    """What a preview would change; `before` and `after` are the bucket's policy, None where there is none.

    `logging` holds bucket, prefix and flatness of the deployed access logs, by the bucket that is logged.
    """

    bucket: str = ""
    before: str | None = None
    after: str | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    deployed: dict[str, str] = field(default_factory=dict)
    planned: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    logging: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    region: str | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def mandatory(self) -> bool:
        """Whether it is refused."""
        return any(found.level == "mandatory" for found in self.violations)


def preview(
    stack: str,
    directory: Path | None,
    packs: Sequence[Pack] = (),
    *,
    hear: Callable[[str], object] | None = None,
) -> Preview:
    """Preview the stack with these policy packs.

    `hear` is given each line that the engine prints. Raises SettingsError where the config has mistakes,
    CommandError where it fails for another reason than a pack's refusal: then nothing was judged.
    """
    with tempfile.TemporaryDirectory(prefix="perimeter-preview-") as folder:
        events = Path(folder) / "events.json"
        arguments = ["preview", "--stack", stack, "--event-log", str(events)]
        arguments += pack_words(packs)
        # The event log is what the Automation API reads; the CLI shows the option with its debug commands.
        running = start_pulumi(
            arguments,
            stack=stack,
            directory=directory,
            environment={"PULUMI_DEBUG_COMMANDS": "true"},
            together=hear is not None,
        )
        failed = None
        try:
            if hear:
                running.heard(hear)
            else:
                running.output(seconds=None)
        except CommandError as error:
            failed = error
        found = read_events(events)
    if failed and not found.mandatory:
        _check_config(found.config, stack)
        if found.errors:
            raise CommandError(f"the preview failed: {found.errors[0]}", "fix it, then try again")
        raise failed
    found.violations = ordered([*found.violations, *taken_off(found.steps)])
    found.warnings = _with_config_warnings(found, stack)
    return found


def _check_config(config: Mapping[str, str], stack: str) -> list[str]:
    """Return what is legal in the config and probably not meant, a text each. Raises SettingsError with every
    mistake, once the warnings are said.
    """
    from s3_perimeter.settings import Settings, SettingsError

    own = own_config(config)
    if not own:
        return []
    try:
        settings = Settings.parse(own, project="", stack=stack, today=datetime.now(UTC).date())
    except SettingsError as error:
        for warning in error.warnings:
            note(warning)
        raise
    return [str(warning).removeprefix("warning: ") for warning in settings.warnings]


def _with_config_warnings(found: Preview, stack: str) -> list[str]:
    """Return the config's warnings, and those of the program that are not these: a language host may hand its
    warnings over as lines.
    """
    from s3_perimeter.settings import SettingsError

    try:
        known = _check_config(found.config, stack)
    except SettingsError:  # a program of one's own may read the namespace in another way
        known = []
    return [*known, *(each for each in found.warnings if not any(each in one for one in known))]


def read_events(path: Path) -> Preview:
    """Return what the event log says."""
    found = Preview()
    for event in _events_of(path):
        if config := (event.get("preludeEvent") or {}).get("config"):
            found.config = config
        if policy := event.get("policyEvent"):
            found.violations.append(
                Violation.from_event(
                    rule=policy.get("policyName", ""),
                    pack=policy.get("policyPackName", ""),
                    level=policy.get("enforcementLevel", ""),
                    urn=policy.get("resourceUrn"),
                    message=policy.get("message", ""),
                )
            )
        if changes := (event.get("summaryEvent") or {}).get("resourceChanges"):
            found.changes = changes
        diagnostic = event.get("diagnosticEvent") or {}
        said = plain(diagnostic.get("message", ""))
        if said and diagnostic.get("severity") == "error":
            found.errors.append(said)
        shown_as = diagnostic.get("severity")
        if said and (shown_as == "warning" or (shown_as == "info#err" and said.startswith("warning: "))):
            found.warnings.append(said.removeprefix("warning: "))
        if metadata := (event.get("resourcePreEvent") or {}).get("metadata"):
            found.steps.append(_step_of(metadata))
        for kind in ("resourcePreEvent", "resOutputsEvent"):
            if metadata := (event.get(kind) or {}).get("metadata"):
                _note_resource(found, metadata)
    found.violations = ordered(found.violations)
    found.errors = [error for error in found.errors if error != "preview failed"]
    found.before, found.after = found.deployed.get(found.bucket), found.planned.get(found.bucket)
    return found


def _step_of(metadata: Mapping[str, Any]) -> Step:
    """Return one step, as far as it matters to what a bucket keeps."""
    old = metadata.get("old") or {}
    there = {**(old.get("outputs") or {}), **(old.get("inputs") or {})}
    kind, retained = str(metadata.get("type")), bool(old.get("retainOnDelete"))
    return Step.of(str(metadata.get("op")), str(metadata.get("urn")), kind, there, retained)


def _note_resource(found: Preview, metadata: Mapping[str, Any]) -> None:
    """Note a bucket's policy, and the name of the stack's bucket."""
    old, new = metadata.get("old") or {}, metadata.get("new") or {}
    if metadata.get("type") == "pulumi:pulumi:Stack":
        for side in (old, new):
            name = (side.get("outputs") or {}).get("bucket")
            if isinstance(name, str) and name != UNKNOWN:
                found.bucket = name
        found.region = (old.get("outputs") or {}).get("region") or found.region
    if metadata.get("type") == LOGGING and old:
        inputs = old.get("inputs") or {}
        flat = "partitionedPrefix" not in json.dumps(inputs.get("targetObjectKeyFormat") or {})
        found.logging[str(inputs.get("bucket"))] = (
            str(inputs.get("targetBucket") or ""),
            str(inputs.get("targetPrefix") or ""),
            flat,
        )
    if metadata.get("type") == POLICY:
        for side, policies in ((old, found.deployed), (new, found.planned)):
            inputs = side.get("inputs") or {}
            if isinstance(inputs.get("policy"), str) and isinstance(inputs.get("bucket"), str):
                policies[inputs["bucket"]] = inputs["policy"]


def _events_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events, none where the preview did not begin."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
