"""The allow-list that a deployment is judged by, and where it comes from.

In this order: for a bucket that the pack's config names, the list given there; the stack's own config as the
engine sent it; the pack's config, for programs that know nothing of this project; and, only where the engine
sends no config at all (``pulumi policy analyze``), what the state itself says is in force. Where none of them
has a list, a bucket that a PrivateBucket component makes is judged by that component's arguments, and so is a
resource control policy of an OrganizationPerimeter. Anything else is refused then: nothing can be proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from s3_perimeter import AlsoExempt, Perimeter
from s3_perimeter.semantics.patterns import matches
from s3_perimeter.settings import NAMESPACE, Settings, SettingsError
from s3_perimeter.settings.organization import ONLY_OF_ORGANIZATIONS, read_exempt
from s3_perimeter.settings.report import Report

from ..declared import kinds
from ..declared.deployment import Bucket, Deployment, Resource
from ..declared.own_component import components_of, made_by, said_by
from ..declared.values import Properties, Value, unknown_within
from .pack_config import PackConfigError
from .stack_identity import StackIdentity

__all__ = ["PACK", "AllowList", "Given", "Listed", "NoAllowList", "StackIdentity", "allow_list", "exempt_of"]

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
    """What declares an allow-list: ``kind`` says what it is, ``prefix`` stands before its keys."""

    kind: str
    prefix: str = ""

    def at(self, key: str) -> str:
        """Return one key of this source as a message names it."""
        return f"{self.kind} (`{self.prefix}{key}`)"


PACK: Final = "the pack's config"
STACK: Final = Source("the stack's config", f"{NAMESPACE}:")
OUTPUTS: Final = Source("the stack's outputs")


@dataclass(frozen=True, slots=True)
class Given:
    """What may hold an allow-list: the stack, None where the engine sends no config, and what the pack's
    config says for the rule of that name. Entries expire by ``today``.
    """

    stack: StackIdentity | None
    rule: str
    pack: Properties
    today: date

    @property
    def in_pack(self) -> Source:
        """The pack's config as a source."""
        return Source(PACK, f"{self.rule}.")

    @property
    def fix(self) -> str:
        """How to give an allow-list where there is none."""
        return (
            f"set the stack's config key `{NAMESPACE}:allowedNetworks` (pulumi config set --path "
            f"'{NAMESPACE}:allowedNetworks[0]' 203.0.113.0/24), or give `{self.rule}` an `allowedNetworks` "
            "in the pack's config"
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """One declared allow-list with its exemptions. ``where`` names what a person would edit, ``source`` what
    holds the exemptions. ``pattern`` is the one that a bucket's name has to match, ``component`` the one
    whose buckets the list is for; both are None where it is for every bucket. ``exempt`` is whom an
    organization's perimeter exempts in addition (`exempt`), as it is given there.
    """

    settings: Settings
    where: str
    source: Source
    pattern: str | None = None
    component: Resource | None = None
    exempt: Value = None

    def covers(self, bucket: Bucket) -> bool:
        """Whether the list is for this bucket."""
        if self.component is not None:
            return made_by(self.component, bucket)
        return self.pattern is None or matches(self.pattern, bucket.name or "", variables=False)

    def perimeter(self, bucket: Bucket) -> Perimeter:
        """Return the perimeter that this bucket has to have; its name must be known."""
        if bucket.name is None:
            raise ValueError("a perimeter needs the bucket's name")
        return self.settings.perimeter(partition=bucket.partition, bucket=bucket.name)


@dataclass(frozen=True, slots=True)
class NoAllowList:
    """Why there is no allow-list to judge by, and how to give one."""

    problem: str
    fix: str


@dataclass(frozen=True, slots=True)
class AllowList:
    """What may come in: a list for every bucket or those of components, and before them those of single
    buckets by name.

    ``unreadable`` are the components whose arguments give no list, and why; ``missing`` is what is said of
    any other bucket without a list.
    """

    lists: tuple[Listed, ...]
    unreadable: tuple[tuple[Resource, NoAllowList], ...]
    missing: NoAllowList

    def of(self, bucket: Bucket) -> Listed | NoAllowList:
        """Return the list that this bucket is judged by.

        That is the one with the longest matching pattern, otherwise the one for every bucket or for those of
        its component.
        """
        covering = [listed for listed in self.lists if listed.covers(bucket)]
        if not covering:
            own = (why for component, why in self.unreadable if made_by(component, bucket))
            return next(own, self.missing)
        return max(covering, key=lambda listed: (listed.pattern is not None, len(listed.pattern or "")))


def allow_list(given: Given, deployment: Deployment) -> AllowList | NoAllowList:
    """Return the allow-list of this run."""
    by_bucket = given.pack.get(BY_BUCKET) or {}
    if not isinstance(by_bucket, Mapping):
        return NoAllowList(
            f"{given.in_pack.at(BY_BUCKET)} is not an object", "write a list of networks for each pattern"
        )
    source, config = _chosen(given, deployment)
    if unknown_within(dict(config)):
        return NoAllowList(f"{source.at('allowedNetworks')} is not known during preview", given.fix)
    asked: list[tuple[str | None, Properties]] = [(None, config)] if _lists(config) else []
    for pattern, networks in sorted(by_bucket.items()):
        others = {key: value for key, value in config.items() if key != "mustReach"}
        asked.append((pattern, {**others, "allowedNetworks": networks}))
    missing = NoAllowList("there is no allow-list to judge it by", given.fix)
    lists: list[Listed] = []
    for pattern, keys in asked:
        networks_at = None if pattern is None else given.in_pack.at(f"{BY_BUCKET}.{pattern}")
        settings = _settings(given, deployment, keys, source, networks_at)
        if isinstance(settings, NoAllowList):
            return settings
        where, exempt = networks_at or source.at("allowedNetworks"), config.get("exempt")
        lists.append(Listed(settings, where, source, pattern, exempt=exempt))
    unreadable = []
    if not _lists(config):
        for component in components_of(deployment.resources):
            listed = _of_component(given, deployment, component)
            if isinstance(listed, NoAllowList):
                unreadable.append((component, listed))
            else:
                lists.append(listed)
        if config and not by_bucket:
            # Where the stack's config is about this project at all, its mistakes say more.
            settings = _settings(given, deployment, config, source, None)
            missing = settings if isinstance(settings, NoAllowList) else missing
    found = AllowList(tuple(lists), tuple(unreadable), missing)
    return found if lists or unreadable else missing


def exempt_of(given: Value, key: str) -> AlsoExempt:
    """Return the further exemptions of an organization's perimeter, from config or arguments.

    Raises PackConfigError, which names what is wrong with the ``key``.
    """
    report = Report(key)
    found = read_exempt(given, report)
    if report.mistakes:
        raise PackConfigError("; ".join(f"`{key}`: {each.problem}" for each in report.mistakes))
    return found


def _of_component(given: Given, deployment: Deployment, component: Resource) -> Listed | NoAllowList:
    """Return the list in a component's arguments."""
    source = Source(f"the arguments of `{component.name}`")
    arguments = {key: value for key, value in said_by(component).items() if key in (*KEYS, "exempt")}
    if unknown_within(dict(arguments)):
        return NoAllowList(f"{source.at('allowedNetworks')} are not known during preview", given.fix)
    settings = _settings(given, deployment, arguments, source, None)
    if isinstance(settings, NoAllowList):
        return settings
    where, exempt = source.at("allowedNetworks"), arguments.get("exempt")
    return Listed(settings, where, source, component=component, exempt=exempt)


def _settings(
    given: Given, deployment: Deployment, keys: Properties, source: Source, networks_at: str | None
) -> Settings | NoAllowList:
    """Return the settings in some keys; ``networks_at`` names the place of the networks, if it is not the
    source's own key.
    """
    project, stack = _identity(given, deployment)
    try:
        about_buckets = {key: value for key, value in keys.items() if key not in ONLY_OF_ORGANIZATIONS}
        return Settings.parse(about_buckets, project=project, stack=stack, today=given.today)
    except SettingsError as error:
        return NoAllowList(
            "\n\n".join(_mistakes(error, source, networks_at)), "correct it as the lines above say"
        )


def _mistakes(error: SettingsError, source: Source, networks: str | None) -> Iterator[str]:
    """Yield every mistake with the key where it was made, because the settings know only the stack's config.

    ``networks`` names the place of the networks, if it is not the source's own key.
    """
    for mistake in error.mistakes:
        place = source.at(mistake.key)
        if networks is not None and mistake.key == "allowedNetworks":
            place = networks
        element = f" {mistake.element}:" if mistake.element else ""
        yield f"{place} has a mistake:{element} {mistake.problem}\n\nhint: {mistake.remedy}"


def _chosen(given: Given, deployment: Deployment) -> tuple[Source, Properties]:
    """Return the first source with a list; if none has one, the first source that has any setting."""
    sources = list(_sources(given, deployment))
    for source, config in sources:
        if _lists(config):
            return source, config
    if given.pack.get(BY_BUCKET):
        return given.in_pack, _of_pack(given)
    return next(((source, config) for source, config in sources if config), (given.in_pack, {}))


def _lists(config: Properties) -> bool:
    """Whether there is an allow-list in it, good or bad; empty text is none."""
    return config.get("allowedNetworks") not in (None, "")


def _sources(given: Given, deployment: Deployment) -> Iterator[tuple[Source, Properties]]:
    if given.stack is not None:
        own: dict[str, Value] = {
            name.removeprefix(STACK.prefix): value
            for name, value in given.stack.config.items()
            if name.startswith(STACK.prefix)
        }
        yield STACK, own
    yield given.in_pack, _of_pack(given)
    if given.stack is None:
        yield OUTPUTS, _in_force(deployment)


def _of_pack(given: Given) -> Properties:
    """Return the list and its exemptions in the pack's config."""
    return {key: given.pack[key] for key in KEYS if key in given.pack}


def _in_force(deployment: Deployment) -> Properties:
    """Return what is in force according to the stack's own outputs."""
    for stack in deployment.of(kinds.STACK):
        return {key: stack.outputs[key] for key in KEYS if key in stack.outputs}
    return {}


def _identity(given: Given, deployment: Deployment) -> tuple[str, str]:
    """Return project and stack: as the engine sent them, otherwise as in every URN."""
    if given.stack is not None:
        return given.stack.project, given.stack.stack
    parts = deployment.resources[0].urn.split("::") if deployment.resources else []
    return (parts[1], parts[0].rpartition(":")[2]) if len(parts) > 1 else (NAMESPACE, "unknown")
