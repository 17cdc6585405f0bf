"""One stack deployed by the real engine, which every drift test changes and puts back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.stand import Stand
from tests.e2e.drift.changes.mutation import Target
from tests.e2e.drift.deployed import Deployed, deploy
from tests.e2e.drift.world import REGION, World, clients_of, world_of


@pytest.fixture(scope="session")
def deployed(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """A stack with one user, a log bucket and a key of its own."""
    return deploy(
        stand,
        tmp_path_factory.mktemp("deployed"),
        {
            "allowedNetworks": ["203.0.113.0/24", "2001:db8:1234::/48"],
            "encryption": "aws:kms",
            "protect": False,
            "tags": {"team": "blue"},
            "users": [{"name": "ada", "access": ["list", "read", "write"]}],
        },
    )


@pytest.fixture(scope="session")
def world(stand: Stand, deployed: Deployed) -> Iterator[World]:
    """The deployed stack, to be checked in this process."""
    with ThreadPoolExecutor(16) as pool:
        yield world_of(deployed, clients_of(stand, stand.record.admin), pool)


@pytest.fixture(scope="session")
def target(world: World, aws: Any) -> Target:
    """The deployed stack, to be changed behind the engine's back."""
    return Target(
        bucket=world.bucket,
        logs=world.logs,
        user=world.user,
        key=world.key,
        policy=world.policy,
        kms=world.kms,
        s3=aws("s3"),
        iam=aws("iam"),
        kms_client=aws("kms"),
        control=world.clients.client("s3control", REGION),
        multi_region=world.clients.client("s3control", "us-west-2"),
    )
