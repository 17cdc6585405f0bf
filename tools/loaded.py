"""A deployed stack of the checkout's program under load, its allow-list changed by the real engine."""

from __future__ import annotations

from pathlib import Path

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, NETWORKS, OUTSIDE, checkout_stack, credentials
from tools.load import MOVED, Seen, load


def loaded(stand: Stand, directory: Path, *, clients: int, seconds: float, pause: float = 0.0) -> Seen:
    """Deploy, put an object in, let the clients ask while `pulumi up` changes the list, destroy."""
    stack = checkout_stack(stand, directory, "loaded")
    stack.up()
    try:
        outputs = stack.outputs()
        key = credentials(outputs)
        Aws(stand)("s3", **key).put_object(Bucket=outputs["bucket"], Key="probe", Body=b"kept inside")

        def change(opens: bool) -> None:
            stack.configure(allowedNetworks=[*NETWORKS, MOVED[1]] if opens else NETWORKS)
            stack.up()

        return load(
            stand,
            outputs["bucket"],
            key,
            inside=INSIDE,
            outside=OUTSIDE,
            clients=clients,
            seconds=seconds,
            change=change,
            pause=pause,
        )
    finally:
        stack("destroy", "--yes", "--skip-preview")
