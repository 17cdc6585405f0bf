"""What the provider works out without AWS: checked inputs, differences, and the outputs of a preview."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from local.provider.naming import automatic
from local.provider.resource import Resource
from local.provider.scalars import Difference, Mistake, Property, empty
from local.provider.session import Session
from local.provider.structures import Block, Listed, block_mistakes, unchanged
from local.provider.values import DEFAULTS, UNKNOWN, Props, Secret, reveal

PROPOSE, ENFORCE, DISABLE = 0, 1, 2
"""The modes of ``pulumi:autonaming`` (pulumirpc.CheckRequest.AutonamingOptions.Mode)."""


def check(
    resource: Resource,
    name: str,
    olds: Props,
    news: Props,
    seed: bytes,
    naming: tuple[int, str] | None = None,
) -> tuple[Props, list[Mistake]]:
    """Inputs in their types and with what is missing filled in, and the mistakes in them."""
    given = {key: value for key, value in news.items() if key != DEFAULTS and value is not None}
    inputs = {
        key: resource.properties[key].coerce(value) if key in resource.properties else value
        for key, value in given.items()
    }
    mistakes = list(block_mistakes(resource.properties, reveal(inputs)))
    filled = {
        key: form.default
        for key, form in resource.properties.items()
        if form.default is not None and key not in inputs
    }
    rule = resource.auto_name
    if rule and empty(inputs.get(rule.prop)) and (rule.instead is None or empty(inputs.get(rule.instead))):
        inputs.pop(rule.prop, None)
        if naming and naming[0] == DISABLE:
            mistakes.append(Mistake(rule.prop, "automatic naming is disabled, so a name has to be given"))
        elif rule.prop in (olds.get(DEFAULTS) or []):
            filled[rule.prop] = olds[rule.prop]
        elif naming and naming[1]:
            filled[rule.prop] = naming[1]
        else:
            filled[rule.prop] = automatic(rule, name, seed)
    if not mistakes:
        mistakes = [Mistake(*found) for found in resource.mistakes(reveal(inputs)).items()]
    marked = {key: mark(resource.properties.get(key), value) for key, value in inputs.items()}
    return {**marked, **filled, DEFAULTS: sorted(filled)}, mistakes


def mark(form: Property | None, value: Any) -> Any:
    """Return the value with an empty list of defaults in each of its objects, as the real provider writes
    them.
    """
    if isinstance(value, Secret):
        return Secret(mark(form, value.value))
    match form, value:
        case Block(fields=fields), dict():
            return {**{key: mark(fields.get(key), item) for key, item in value.items()}, DEFAULTS: []}
        case Listed(item=item), list():
            return [mark(item, each) for each in value]
    return value


def diff(resource: Resource, state: Props, news: Props, ignored: Collection[str] = ()) -> list[Difference]:
    """Return where the declared inputs differ from the state; all values revealed."""
    found: list[Difference] = []
    for key, form in resource.properties.items():
        if key in ignored or unchanged(form, state.get(key), news.get(key)):
            continue
        for each in form.differences(key, state.get(key), news.get(key)):
            found.append(each._replace(replaces=each.replaces or form.replaces))
    return found


def deletes_before_replacing(resource: Resource, news: Props, defaults: Collection[str]) -> bool:
    """Whether the engine has to delete first: the program gives the name itself, be it the same or another.

    So does the Terraform bridge (``nameRequiresDeleteBeforeReplace``); where the name is made up, old and new
    can be side by side.
    """
    rule = resource.auto_name
    return bool(rule and rule.prop not in defaults and not empty(news.get(rule.prop)))


def preview_create(resource: Resource, session: Session, inputs: Props) -> Props:
    """Return the outputs of a resource that does not exist yet; what AWS decides is unknown."""
    known = {**inputs, **with_tags(resource, session, inputs)}
    if resource.regional:
        known.setdefault("region", session.region)
    for key, form in resource.properties.items():
        if (form.output or form.computed) and empty(known.get(key)):
            known[key] = UNKNOWN
    return known


def preview_update(resource: Resource, session: Session, state: Props, inputs: Props) -> Props:
    """Return the outputs after an update in place."""
    return {
        **{key: value for key, value in state.items() if key in carried(resource)},
        **inputs,
        **with_tags(resource, session, inputs),
    }


def carried(resource: Resource) -> set[str]:
    """Return the properties that an update does not take away when inputs say nothing of them."""
    return {key for key, form in resource.properties.items() if form.output or form.computed}


def with_tags(resource: Resource, session: Session, inputs: Props) -> Props:
    """``tagsAll``: the resource's tags over the provider's default tags."""
    if "tagsAll" not in resource.properties:
        return {}
    own = inputs.get("tags")
    if own is not None and not isinstance(own, dict):
        return {"tagsAll": UNKNOWN}
    return {"tagsAll": {**session.default_tags, **(own or {})}}


def settle(resource: Resource, session: Session, wanted: Props, live: Props) -> Props:
    """Outputs of what is there now, spelled as ``wanted`` (inputs or state) where that means the same."""
    outputs: Props = {}
    for key, form in resource.properties.items():
        before, now = wanted.get(key), live.get(key)
        unread = form.kept and key not in live
        if unread or (key != "tagsAll" and not empty(before) and form.same(before, now)):
            now = before
        if now is not None:
            outputs[key] = now
    if "tagsAll" in resource.properties:
        return {**outputs, **split_tags(session, wanted.get("tags") or {}, live.get("tags") or {})}
    return outputs


def split_tags(session: Session, wanted: Props, live: Props) -> Props:
    """Return the tags that the program gives, apart from those that are the provider's default tags only."""
    defaults = session.default_tags
    own = {key: value for key, value in live.items() if key in wanted or defaults.get(key) != value}
    return {"tags": own, "tagsAll": dict(live)} if own else {"tagsAll": dict(live)}


def inputs_after_refresh(resource: Resource, old: Props, outputs: Props) -> Props:
    """Return the inputs that would declare what is there, for a resource whose inputs were ``old``.

    What old inputs did not name stays unnamed: it shows as a difference of the outputs.
    """
    inputs: Props = {}
    for key, value in old.items():
        form = resource.properties.get(key)
        given, now = reveal(value), outputs.get(key)
        if key == DEFAULTS or form is None or empty(given) or form.same(now, given):
            inputs[key] = value
        elif not empty(now) or isinstance(now, bool):
            inputs[key] = mark(form, now)
    return inputs


def inputs_of_import(resource: Resource, outputs: Props) -> Props:
    """Return the inputs that would declare what is there, for a resource that no program declared yet."""
    inputs = {
        key: mark(form, outputs[key])
        for key, form in resource.properties.items()
        if not form.output
        and (form.required or form.default is None or outputs.get(key) != form.default)
        and not empty(outputs.get(key))
        and not (key == "region" and form.computed)
    }
    return {**inputs, DEFAULTS: []}
