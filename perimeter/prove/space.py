"""Space: statements as boxes, scenario by scenario. Whatever is computed once is kept for the other
scenarios.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import TypeAlias

from perimeter.addresses import AddressSet
from perimeter.conditions import all_of, holds
from perimeter.document import Condition, Principals
from perimeter.evaluate import action_matches, principal_matches, resource_matches
from perimeter.patterns import arn_matches, folded
from perimeter.prove import dimensions
from perimeter.prove.actions import action_classes
from perimeter.prove.bounds import Budget
from perimeter.prove.boxes import Box
from perimeter.prove.keys import IDENTITY, SERVICE, Presence, presence
from perimeter.prove.model import Atom, Dimension, Exempt, Scenario, Side, Universe
from perimeter.prove.networks import sample
from perimeter.prove.restrict import Place, Restricted, ambiguous_keys, key_of, restricted
from perimeter.prove.who import Naming, known_service, of_cloudfront, ordinary, principals, services
from perimeter.request import Channel, Kind, Principal, Request, arriving

__all__ = ["Boxes", "Space"]

Variant: TypeAlias = tuple[object, ...]

_SOURCE_IP = "key:aws:sourceip"
_SOURCE_VPCE = "aws:sourcevpce"
_SIGNED = (Kind.USER, Kind.ROLE, Kind.ROOT, Kind.FEDERATED_USER)
_KINDS = {
    Channel.PUBLIC_SIGNED: _SIGNED,
    Channel.PUBLIC_ANONYMOUS: (Kind.ANONYMOUS,),
    Channel.FORWARD_ACCESS: _SIGNED,
    Channel.VPC_ENDPOINT: (*_SIGNED, Kind.ANONYMOUS),
    Channel.AWS_SERVICE: (Kind.SERVICE,),
}
_LONGEST_SESSION = timedelta(hours=36)
"""How long temporary credentials can be good for ("Requesting temporary security credentials")."""
_WHO_KEYS = (*IDENTITY, *SERVICE)
_UNKNOWN_OF_SERVICES = frozenset({"aws:principalaccount", "aws:principaltype"})


class Boxes:
    """One scenario as boxes: its dimensions, its universe, and a box per statement that can match in it."""

    def __init__(self, names: Sequence[str], parts: Sequence[Dimension], numbers: Iterable[int]) -> None:
        self.names = names
        self.parts = parts
        self.universe: Box = tuple([part.full for part in parts])
        self.of: dict[int, Box] = {}
        for number in numbers:
            box = tuple([part.masks[number] for part in parts])
            if all(box):
                self.of[number] = box

    def atoms(self, region: Box) -> list[Atom]:
        """Return a representative of a region: the first class that it holds in each dimension."""
        return [
            part.atoms[(bits & -bits).bit_length() - 1] for part, bits in zip(self.parts, region, strict=True)
        ]


class Space:
    """The dimensions of some statements about one bucket."""

    def __init__(
        self,
        sides: Sequence[Side],
        place: Place,
        universes: Sequence[Universe],
        budget: Budget,
        exempt: Exempt | None = None,
        *,
        comparing: bool = False,
    ) -> None:
        self.place = place
        self.universes = universes
        self.budget = budget
        self.exempt = exempt or Exempt()
        self._comparing = comparing
        ambiguous = ambiguous_keys(sides)
        self.statements = [restricted(side, place, ambiguous) for side in sides]
        self.opaque = tuple(dict.fromkeys(text for each in self.statements for text in each.opaque))
        self._principals: dict[Kind, list[Principal]] = {}
        self._known: dict[tuple[str, Variant], Dimension] = {}
        self._keys = {
            name.removeprefix("key:")
            for each in self.statements
            for name in each.conditions
            if name.startswith("key:")
        }
        self._names = self._used()
        self._parts: dict[int, list[AddressSet]] = {}

    def kinds(self, channel: Channel) -> Sequence[Kind]:
        """Return the kinds of principals to look at: one, where nothing tells them apart."""
        kinds = _KINDS[channel]
        if "who" in self._names:
            return kinds
        if len(kinds) == 1 or "aws:userid" in self._keys:
            return kinds
        told_apart: dict[tuple[Presence, ...], Kind] = {}
        for kind, *found in zip(kinds, *(_presences(name, channel) for name in self._keys), strict=True):
            told_apart.setdefault(tuple(found), kind)
        return tuple(told_apart.values())

    @property
    def tells_principals_apart(self) -> bool:
        """Whether any statement depends on who makes a request."""
        return "who" in self._names

    @cached_property
    def objects_are_like_the_bucket(self) -> bool:
        """Whether no statement tells the bucket from its objects, or one action from another."""
        return (
            "action" not in self._names
            and not self.focusable
            and all(each.covers_objects is each.covers_bucket for each in self.statements)
        )

    def ordinary(self, scenario: Scenario, source_ip: str, now: datetime) -> list[Request]:
        """Return an ordinary request of every sort of principal of the owner's account."""
        resource = f"{self.place.bucket_arn}/key" if scenario.on_object else self.place.bucket_arn
        action = "s3:GetObject" if scenario.on_object else "s3:ListBucket"
        time = {
            "aws:CurrentTime": now.isoformat().replace("+00:00", "Z"),
            "aws:EpochTime": str(int(now.timestamp())),
        }
        if self.tells_principals_apart:
            found = principals(scenario.kind, self._naming(), self.budget, self.place.account)
        else:
            found = [ordinary(scenario.kind, self._naming())]
        return [
            arriving(scenario.channel, who, action, resource, source_ip=source_ip, context=time)
            for who in found
            if not of_cloudfront(who)
        ]

    @cached_property
    def focusable(self) -> Sequence[str]:
        """The keys of the conditions that only some actions carry."""
        return [name for name in sorted(self._keys) if (key := key_of(name)) and key.actions is not None]

    def doubtful(self) -> list[str]:
        """Return the names of keys in the conditions about which something is not documented."""
        found = []
        for name in sorted(self._keys):
            key = key_of(name)
            if key and any(
                self._presence(name, Scenario(channel, kind, True, plausible=True)) is Presence.DOUBTFUL
                for channel in Channel
                for kind in _KINDS[channel]
            ):
                found.append(key.name)
        return found

    def doubtful_channels(self) -> list[Channel]:
        """Return the channels in which something that the conditions ask for is not documented."""
        return [
            channel
            for channel in Channel
            if any(
                presence(key_of(name), channel, kind) is Presence.DOUBTFUL
                for name in self._keys
                for kind in _KINDS[channel]
            )
            or (channel in (Channel.FORWARD_ACCESS, Channel.AWS_SERVICE) and _SOURCE_IP in self._names)
        ]

    def boxes(self, scenario: Scenario) -> Boxes:
        """Return a scenario as boxes."""
        names = [name for name in self._names if self._counts(name, scenario)]
        if scenario.focus and "action" not in names:
            names.append("action")
        parts = [self._dimension(name, scenario) for name in names]
        alive = [
            number
            for number, each in enumerate(self.statements)
            if (each.covers_objects is not False if scenario.on_object else each.covers_bucket)
        ]
        return Boxes(names, parts, alive)

    def request(self, scenario: Scenario, atoms: Iterable[Atom]) -> Request:
        """Return the concrete request that the representatives of a region describe."""
        chosen = list(atoms)
        principal = next((atom.principal for atom in chosen if atom.principal), None)
        action = next((atom.action for atom in chosen if atom.action), None)
        resource = next((atom.resource for atom in chosen if atom.resource), None)
        if resource is None:
            resource = f"{self.place.bucket_arn}/key" if scenario.on_object else self.place.bucket_arn
        channel = scenario.channel
        source_ip = None
        if channel not in (Channel.VPC_ENDPOINT, Channel.AWS_SERVICE):
            source_ip = sample(self.universes[scenario.universe].addresses)
        base = arriving(
            channel,
            principal or self._who(scenario)[0],
            action or ("s3:GetObject" if scenario.on_object else "s3:ListBucket"),
            resource,
            source_ip=source_ip,
        )
        context = dict(base.context)
        if channel is Channel.VPC_ENDPOINT and context[_SOURCE_VPCE][0] in self.exempt.vpc_endpoints:
            context[_SOURCE_VPCE] = (_other_endpoint(self.exempt.vpc_endpoints),)
        for atom in chosen:
            for key, held in atom.context.items():
                context.pop(key, None)
                if held is not None:
                    context[key] = held
        return Request(base.principal, base.action, base.resource, context)

    def _used(self) -> list[str]:
        """Return the dimensions that some statement restricts, the telling ones first."""
        names = {name for each in self.statements for name in each.conditions}
        names |= {f"opaque:{text}" for text in self.opaque}
        if any(each.who for each in self.statements) or self.exempt.break_glass:
            names.add("who")
        if any(each.action for each in self.statements):
            names.add("action")
        if any(each.covers_objects is None for each in self.statements):
            names.add("object")
        return sorted(names, key=lambda name: (name != "action", name != "object", name != _SOURCE_IP, name))

    def _counts(self, name: str, scenario: Scenario) -> bool:
        """Whether a dimension is one in this scenario; what is doubtful is taken to match in a plausible
        one.
        """
        if name == "object":
            return scenario.on_object
        if name.startswith("opaque:"):
            return not scenario.plausible
        if name.startswith("key:") and scenario.plausible:
            return self._presence(name[4:], scenario) is not Presence.DOUBTFUL
        return True

    def _presence(self, name: str, scenario: Scenario) -> Presence:
        """Return whether the scenario's requests carry a key."""
        key = key_of(name)
        found = presence(key, scenario.channel, scenario.kind)
        if name in ("aws:resourceaccount", "s3:resourceaccount") and self.place.account is None:
            return Presence.DOUBTFUL
        if name == "aws:userid" and scenario.kind in (Kind.ROOT, Kind.FEDERATED_USER):
            # It follows from the account, which is another dimension.
            return Presence.DOUBTFUL if scenario.plausible else Presence.PRESENT
        if scenario.plausible and key and key.actions is not None and found is not Presence.ABSENT:
            return Presence.FREE if scenario.focus == name else Presence.ABSENT
        if scenario.usual and found is Presence.DOUBTFUL and key:
            return found if set(key.channels) <= {Presence.DOUBTFUL, Presence.ABSENT} else Presence.ABSENT
        return found

    def _dimension(self, name: str, scenario: Scenario) -> Dimension:
        """Return a dimension of a scenario, made once for all scenarios that cut it alike."""
        variant = self._variant(name, scenario)
        known = self._known.get((name, variant))
        if known is None:
            atoms = tuple(self._atoms(name, scenario))
            told = sum(len(condition.values) for condition, _ in self._told(name))
            self.budget.spend(len(atoms) * told // 2, "too many values in the conditions of the policy")
            masks = tuple(self._mask(number, name, atoms, scenario) for number in range(len(self.statements)))
            known = self._known[name, variant] = Dimension(atoms, masks)
        return known

    def _variant(self, name: str, scenario: Scenario) -> Variant:
        """Return everything about a scenario that a dimension depends on."""
        if name == "who":
            signed = scenario.channel is Channel.PUBLIC_SIGNED
            return (scenario.kind, signed, scenario.plausible, scenario.usual)
        if name == "action":
            return (scenario.on_object, scenario.focus)
        if name == "time":
            return (scenario.universe, scenario.plausible)
        if name == "transport":
            return (scenario.plausible, self._of_service(scenario))
        if name == _SOURCE_IP:
            return (
                self._presence(name[4:], scenario),
                scenario.universe,
                self._of_service(scenario),
                scenario.plausible,
            )
        if name.startswith("key:"):
            constant = dimensions.constant_of(name[4:], scenario.channel, self.place.account)
            kind = scenario.kind if name == "key:aws:userid" else None
            return (
                self._presence(name[4:], scenario),
                constant,
                kind,
                scenario.plausible,
                scenario.usual,
            )
        return ()

    @staticmethod
    def _of_service(scenario: Scenario) -> bool:
        """Whether a service sends the request, and every doubt counts.

        It may come with ``aws:SourceIp`` as well as without: by the documentation only VPC endpoints take the
        key away, and in practice services do. And it may come without ``s3:TlsVersion``, the client's.
        """
        service = scenario.channel in (Channel.FORWARD_ACCESS, Channel.AWS_SERVICE)
        return service and not (scenario.plausible or scenario.usual)

    def _told(self, name: str) -> list[tuple[Condition, bool]]:
        """Return every condition in a dimension, with whether its policy knows variables."""
        return [
            (condition, each.side.variables)
            for each in self.statements
            for condition in each.conditions.get(name, ())
        ]

    def _atoms(self, name: str, scenario: Scenario) -> list[Atom]:
        """Return the classes of a dimension."""
        if name == "who":
            found = self._who(scenario)
            atoms = [Atom(_who_context(who), principal=who) for who in found]
            if not scenario.plausible:
                # Whether CloudFront's requests carry the keys of an identity is not documented.
                bare: dict[str, tuple[str, ...] | None] = dict.fromkeys(_WHO_KEYS)
                atoms += [Atom(bare, principal=who) for who in found if of_cloudfront(who)]
            if not (scenario.plausible or self._comparing):
                atoms += self._services_with_arn(found)
                named = {each for one in self.statements if one.named for each in one.named.aws}
                atoms += [
                    Atom(_who_context(who), principal=who, recreated=True)
                    for who in found
                    if named & {who.arn, who.session_arn}
                ]
            return atoms
        if name == "action":
            key = key_of(scenario.focus) if scenario.focus else None
            only = key.actions if key else None
            elements = [_actions(each) for each in self.statements if each.action]
            actions = action_classes(elements, scenario.on_object, self.budget, only)
            return [Atom(action=action) for action in actions]
        if name == "object":
            patterns = [
                (pattern, each.side.variables)
                for each in self.statements
                if each.covers_objects is None
                for pattern in _resources(each)
            ]
            return dimensions.object_atoms(self.place.bucket_arn, patterns, self.budget)
        if name == "time":
            since = self.universes[scenario.universe].since
            return dimensions.moment_atoms(self._told(name), since, finer=not scenario.plausible)
        if name == "transport":
            return dimensions.transport_atoms(
                plausible=scenario.plausible, unversioned=self._of_service(scenario)
            )
        if name.startswith("opaque:"):
            return [Atom(), Atom()]
        return self._key_atoms(name, scenario)

    def _key_atoms(self, name: str, scenario: Scenario) -> list[Atom]:
        """Return the classes of one condition key."""
        key_name = name.removeprefix("key:")
        key = key_of(key_name)
        if key is None:
            raise LookupError(name)
        how = self._presence(key_name, scenario)
        if name == _SOURCE_IP:
            either = self._of_service(scenario)
            present = either or how is not Presence.ABSENT
            parts = self._address_parts(scenario.universe) if present else ()
            return dimensions.address_atoms(key_name, parts, absent=either or how is Presence.ABSENT)
        constant = dimensions.constant_of(key_name, scenario.channel, self.place.account)
        if constant is not None and how is Presence.PRESENT:
            return [Atom({key_name: (constant,)})]
        base = dimensions.user_id_base(scenario.kind) if key_name == "aws:userid" else None
        excluded = self.exempt.vpc_endpoints if key_name == _SOURCE_VPCE else ()
        since = None
        if key_name == "aws:tokenissuetime" and scenario.plausible:
            since = self.universes[0].since - _LONGEST_SESSION
        return dimensions.key_atoms(
            key,
            key_name,
            self._told(name),
            self.budget,
            how=how,
            base=base,
            excluded=excluded,
            since=since,
            doubting=not (scenario.plausible or scenario.usual or self._comparing),
        )

    def _address_parts(self, universe: int) -> list[AddressSet]:
        """Return the parts of a universe that the conditions on the source address tell apart, cut once."""
        found = self._parts.get(universe)
        if found is None:
            addresses = self.universes[universe].addresses
            found = self._parts[universe] = dimensions.address_parts(addresses, self._told(_SOURCE_IP))
        return found

    def _services_with_arn(self, found: Sequence[Principal]) -> list[Atom]:
        """Return services whose requests have ``aws:PrincipalArn``: by the documentation every signed request
        does. It is no ARN that is declared exempt.
        """
        services = [who for who in found if who.service]
        if not services or not any(told.key.lower() == "aws:principalarn" for told, _ in self._told("who")):
            return []
        roles = self._who(Scenario(Channel.PUBLIC_SIGNED, Kind.ROLE, on_object=True))
        return [
            Atom({**_who_context(who), "aws:principalarn": (arn,)}, principal=who)
            for who in services
            for arn in dict.fromkeys(role.arn for role in roles if role.arn)
        ]

    def _who(self, scenario: Scenario) -> list[Principal]:
        """Return the principals of a scenario, one of every class, but for those that are exempt."""
        exempt = self.exempt.break_glass if scenario.channel is Channel.PUBLIC_SIGNED else ()
        found = self._principals.get(scenario.kind)
        if found is None:
            found = self._principals[scenario.kind] = self._named(scenario.kind)
        if scenario.kind is Kind.SERVICE and (scenario.plausible or scenario.usual):
            named = {folded(name) for each in self.statements if each.named for name in each.named.service}
            return [who for who in found if known_service(who) or who.service in named]
        if not exempt:
            return found
        return [
            who
            for who in found
            if not any(arn_matches(arn, who.arn or "", variables=False) for arn in exempt)
        ]

    def _named(self, kind: Kind) -> list[Principal]:
        """Return the principals of a kind, one of every class; only one where nothing tells them apart."""
        naming = self._naming()
        if kind is Kind.SERVICE:
            return services(naming, self.budget, self.exempt.services)
        return (
            principals(kind, naming, self.budget) if self.tells_principals_apart else [ordinary(kind, naming)]
        )

    def _naming(self) -> Naming:
        """Return what the statements and exemptions say about principals."""
        return Naming(
            self.place.partition,
            self.place.account,
            tuple(each.named for each in self.statements if each.who and each.named),
            tuple(self._told("who")),
            self.exempt.break_glass,
        )

    def _mask(self, number: int, name: str, atoms: Sequence[Atom], scenario: Scenario) -> int:
        """Return the classes of a dimension that a statement covers, as bits."""
        each = self.statements[number]
        everything = (1 << len(atoms)) - 1
        if name.startswith("opaque:"):
            return 1 if name.removeprefix("opaque:") in each.opaque else everything
        conditions = each.conditions.get(name, ())
        if name == "action":
            covers = [_covers_action(each, atom) for atom in atoms] if each.action else None
        elif name == "object":
            covers = [_covers_object(each, atom) for atom in atoms] if each.covers_objects is None else None
        elif name == "who":
            # AWS does not say what some keys hold for a service. No proof leans on them; to compare is to
            # take them for absent on both sides.
            unknown = None if self._comparing else scenario.plausible
            covers = [_covers_who(each, atom, conditions, unknown) for atom in atoms] if each.who else None
        else:
            doubt = scenario.plausible
            covers = [_covers_keys(each, atom, conditions, doubt) for atom in atoms] if conditions else None
        if covers is None:
            return everything
        return sum(1 << at for at, covered in enumerate(covers) if covered)


@lru_cache(maxsize=1024)
def _presences(name: str, channel: Channel) -> tuple[Presence, ...]:
    """Return whether requests of a channel carry a key, for each kind of principal that it has."""
    key = key_of(name)
    return tuple(presence(key, channel, kind) for kind in _KINDS[channel])


def _other_endpoint(ours: Sequence[str]) -> str:
    """Return the id of a VPC endpoint that is not ours."""
    return next(name for number in range(len(ours) + 1) if (name := f"vpce-0{number:x}") not in ours)


def _actions(each: Restricted) -> tuple[str, ...]:
    """Return a statement's action patterns, be they named or spared."""
    return each.side.statement.actions or each.side.statement.not_actions or ()


def _resources(each: Restricted) -> tuple[str, ...]:
    """Return a statement's resource patterns, be they named or spared."""
    return each.side.statement.resources or each.side.statement.not_resources or ()


def _covers_action(each: Restricted, atom: Atom) -> bool:
    """Whether a statement covers an action."""
    statement = each.side.statement
    found = action_matches(_actions(each), atom.action or "")
    return found if statement.actions is not None else not found


def _covers_object(each: Restricted, atom: Atom) -> bool:
    """Whether a statement covers an object."""
    found = resource_matches(_resources(each), atom.resource or "", variables=each.side.variables)
    return bool(found) if each.side.statement.resources is not None else found is False


def _covers_keys(each: Restricted, atom: Atom, conditions: Iterable[Condition], doubt: bool) -> bool:
    """Whether every condition of a statement in a dimension holds for a class; `doubt` is the answer where
    that cannot be decided.
    """
    decided = True
    for condition in conditions:
        hidden = atom.hollow and condition.operator == "Null"
        held = None if hidden else atom.context.get(condition.key.lower())
        answer = holds(condition, held, variables=each.side.variables)
        if answer is None:
            decided = False
        elif not answer:
            return False
    return decided or doubt


def _covers_who(each: Restricted, atom: Atom, conditions: Iterable[Condition], unknown: bool | None) -> bool:
    """Whether a statement covers a principal, by its Principal element and its conditions on identity."""
    statement = each.side.statement
    principal = atom.principal
    if principal is None:
        raise LookupError("an atom of `who` without a principal")
    answers: list[bool | None] = []
    # An undecided element is a dimension of its own, so here it may match.
    if statement.principals is not None:
        others = _others(statement.principals, principal.arn, principal.session_arn)
        named = others if atom.recreated else statement.principals
        answers.append(principal_matches(named, principal) is not False)
    elif statement.not_principals is not None:
        others = _others(statement.not_principals, principal.arn)
        named = others if atom.recreated else statement.not_principals
        answers.append(principal_matches(named, principal) is not True)
    for condition in conditions:
        if (
            unknown is not None
            and principal.kind is Kind.SERVICE
            and condition.key.lower() in _UNKNOWN_OF_SERVICES
        ):
            answers.append(unknown)
        else:
            held = atom.context.get(condition.key.lower())
            answers.append(holds(condition, held, variables=each.side.variables))
            if unknown and of_cloudfront(principal) and not answers[-1]:
                answers[-1] = holds(condition, None, variables=each.side.variables)
    return bool(all_of(answers))


def _others(named: Principals, *arns: str | None) -> Principals:
    """Return whom an element names beside a user or role of an ARN.

    S3 keeps the unique id of a user or role in the place of its ARN, so that the element means nobody once it
    is deleted, be there another one of its name ("AWS JSON policy elements: Principal").
    """
    return replace(named, aws=tuple(each for each in named.aws if each not in arns))


def _who_context(principal: Principal) -> dict[str, tuple[str, ...] | None]:
    """Return the keys that follow from who makes the request, the absent ones included."""
    channel = Channel.AWS_SERVICE if principal.service else Channel.PUBLIC_SIGNED
    context = arriving(channel, principal, "s3:GetObject", "").context
    return {key: context.get(key) for key in _WHO_KEYS}
