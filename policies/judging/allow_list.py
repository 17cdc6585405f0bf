"""The allow-list that a deployment is judged by, and where it comes from.

In this order: for a bucket that the pack's config names, the list given there; the stack's own config as the
engine sent it; the pack's config, for programs that know nothing of this project; and, only where the engine
sends no config at all (``pulumi policy analyze``), what the state itself says is in force. Where none of them
speaks nothing can be proved, and the bucket is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from policies.declared import kinds
from policies.declared.deployment import Bucket, Deployment
from policies.declared.values import Properties, Value, unknown_within
from policies.engine.session import Session
from s3_perimeter import Perimeter
from s3_perimeter.semantics.patterns import matches
from s3_perimeter.settings import NAMESPACE, Settings, SettingsError

SEALING_RULE: Final = "bucket-policy-denies-outside"
BY_BUCKET: Final = "allowedNetworksByBucket"
KEYS: Final = (
    "allowedNetworks",
    "vpcEndpoints",
    "breakGlassPrincipals",
    "trustAwsServices",
    "mustReach",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A place that declares an allow-list: ``kind`` says which, ``prefix`` stands before its keys."""

    kind: str
    prefix: str = ""

    def at(self, key: str) -> str:
        """One key there, as a message names it."""
        return f"{self.kind} (`{self.prefix}{key}`)"


STACK: Final = Source("the stack's config", f"{NAMESPACE}:")
PACK: Final = Source("the pack's config", f"{SEALING_RULE}.")
OUTPUTS: Final = Source("the stack's outputs")


@dataclass(frozen=True, slots=True)
class Listed:
    """One declared allow-list with its exemptions. ``source`` names the place that a person would edit;
    ``pattern`` is the one that a bucket's name has to match, None where the list is for every bucket.
    """

    settings: Settings
    source: str
    pattern: str | None = None

    def covers(self, bucket: Bucket) -> bool:
        """Whether the list is for this bucket."""
        return self.pattern is None or matches(self.pattern, bucket.name or "", variables=False)

    def perimeter(self, bucket: Bucket) -> Perimeter:
        """The perimeter that this bucket has to have; its name must be known."""
        if bucket.name is None:
            raise ValueError("a perimeter needs the bucket's name")
        return self.settings.perimeter(partition=partition(bucket), bucket=bucket.name)


@dataclass(frozen=True, slots=True)
class NoAllowList:
    """Why there is no allow-list to judge by, and how to give one."""

    problem: str
    fix: str


@dataclass(frozen=True, slots=True)
class AllowList:
    """What may come in: a list for every bucket, and before it those of single buckets by name.

    ``exempting`` is the place that the exemptions beside the lists come from.
    """

    lists: tuple[Listed, ...]
    exempting: Source

    def of(self, bucket: Bucket) -> Listed | NoAllowList:
        """The list that this bucket is judged by: the one with the longest pattern that its name matches,
        else the one for every bucket.
        """
        covering = [listed for listed in self.lists if listed.covers(bucket)]
        if not covering:
            return NoAllowList(_NONE, _FIX)
        return max(covering, key=lambda listed: (listed.pattern is not None, len(listed.pattern or "")))


def allow_list(session: Session, deployment: Deployment) -> AllowList | NoAllowList:
    """The allow-list of this run."""
    by_bucket = session.pack_config.get(SEALING_RULE, {}).get(BY_BUCKET) or {}
    if not isinstance(by_bucket, Mapping):
        return NoAllowList(
            f"{PACK.at(BY_BUCKET)} is not an object", "write a list of networks for each pattern"
        )
    source, config = _chosen(session, deployment)
    if unknown_within(dict(config)):
        return NoAllowList(f"{source.at('allowedNetworks')} is not known during preview", _FIX)
    asked: list[tuple[str | None, Properties]] = [(None, config)] if _lists(config) else []
    for pattern, networks in sorted(by_bucket.items()):
        others = {key: value for key, value in config.items() if key != "mustReach"}
        asked.append((pattern, {**others, "allowedNetworks": networks}))
    if not asked:
        # Where the stack's config is about this project at all, its mistakes tell more.
        asked = [(None, config)] if config else []
    project, stack = _identity(session, deployment)
    lists = []
    for pattern, keys in asked:
        place = source.at("allowedNetworks") if pattern is None else PACK.at(f"{BY_BUCKET}.{pattern}")
        try:
            settings = Settings.parse(keys, project=project, stack=stack, today=session.today)
        except SettingsError as error:
            return NoAllowList(_mistakes(error, source, pattern), "mend it; the lines above say how")
        lists.append(Listed(settings, place, pattern))
    return AllowList(tuple(lists), source) if lists else NoAllowList(_NONE, _FIX)


def _mistakes(error: SettingsError, source: Source, pattern: str | None) -> str:
    """Every mistake with the place where it was made: the settings know only the stack's config."""
    return "\n\n".join(_mistake(error, source, pattern))


def _mistake(error: SettingsError, source: Source, pattern: str | None) -> Iterator[str]:
    for mistake in error.mistakes:
        listed = pattern is not None and mistake.key == "allowedNetworks"
        place = PACK.at(f"{BY_BUCKET}.{pattern}") if listed else source.at(mistake.key)
        element = f" {mistake.element}:" if mistake.element else ""
        yield f"{place} has a mistake:{element} {mistake.problem}\n\nhint: {mistake.remedy}"


def partition(bucket: Bucket) -> str:
    """The AWS partition of the bucket's ARN, by the region that it is in; `aws` where none is known."""
    return (bucket.place and bucket.place.partition) or "aws"


def partition_note(bucket: Bucket, text: str | None) -> str:
    """A line for what is said about a policy of another partition, where the bucket's was guessed."""
    if (bucket.place and bucket.place.region) or "arn:aws-" not in (text or ""):
        return ""
    return (
        "\nnote: no region is known here (one from the environment does not reach a policy pack), so the "
        "partition `aws` was guessed; set `aws:region` in the stack's config, or `region` on the provider"
    )


def _chosen(session: Session, deployment: Deployment) -> tuple[Source, Properties]:
    """The first place with a list; without any, the first that says anything at all."""
    places = list(_places(session, deployment))
    for source, config in places:
        if _lists(config):
            return source, config
    if session.pack_config.get(SEALING_RULE, {}).get(BY_BUCKET):
        return PACK, _of_pack(session)
    return next(((source, config) for source, config in places if config), (PACK, {}))


def _lists(config: Properties) -> bool:
    """Whether there is an allow-list in it, good or bad; empty text is none."""
    return config.get("allowedNetworks") not in (None, "")


def _places(session: Session, deployment: Deployment) -> Iterator[tuple[Source, Properties]]:
    if session.stack is not None:
        own: dict[str, Value] = {
            name.removeprefix(STACK.prefix): value
            for name, value in session.stack.config.items()
            if name.startswith(STACK.prefix)
        }
        yield STACK, own
    yield PACK, _of_pack(session)
    if session.stack is None:
        yield OUTPUTS, _in_force(deployment)


def _of_pack(session: Session) -> Properties:
    """The list and its exemptions in the pack's config."""
    pack = session.pack_config.get(SEALING_RULE, {})
    return {key: pack[key] for key in KEYS if key in pack}


def _in_force(deployment: Deployment) -> Properties:
    """What the stack's own outputs say is in force."""
    for stack in deployment.of(kinds.STACK):
        return {key: stack.outputs[key] for key in KEYS if key in stack.outputs}
    return {}


def _identity(session: Session, deployment: Deployment) -> tuple[str, str]:
    """Project and stack: as the engine sent them, else as they stand in every URN."""
    if session.stack is not None:
        return session.stack.project, session.stack.stack
    parts = deployment.resources[0].urn.split("::") if deployment.resources else []
    return (parts[1], parts[0].rpartition(":")[2]) if len(parts) > 1 else (NAMESPACE, "unknown")


_NONE: Final = "there is no allow-list to judge it by"
_FIX: Final = (
    f"set the stack's config key `{NAMESPACE}:allowedNetworks` (pulumi config set --path "
    f"'{NAMESPACE}:allowedNetworks[0]' 203.0.113.0/24), or give `{SEALING_RULE}` an `allowedNetworks` in the "
    "pack's config"
)
