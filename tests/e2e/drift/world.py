"""The deployed stack as a check sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from local.stand import Stand
from s3_perimeter.drift.check import Options, check
from s3_perimeter.drift.clients import Access, AwsClients
from s3_perimeter.drift.findings import Report
from s3_perimeter.drift.intent import Intent
from s3_perimeter.stack.state import State, parse_state
from tests.e2e.drift.deployed import Deployed

REGION = "ap-northeast-1"


@dataclass(frozen=True)
class World:
    """The names of what is deployed, its state, and the means to check it in this process."""

    bucket: str
    logs: str
    user: str
    key: str
    policy: str
    kms: str
    document: dict[str, Any]
    state: State
    clients: AwsClients
    pool: ThreadPoolExecutor

    def check(self, *, intent: Intent | None = None, **options: Any) -> Report:
        """Check the stack now."""
        return check(self.state, self.clients, self.pool, Options(**options), intent=intent)


def clients_of(stand: Stand, key: dict[str, str], **access: Any) -> AwsClients:
    """The check's own clients with an access key, from inside the allow-list."""
    made = AwsClients(
        Access(endpoint_url=stand.endpoint("inside"), region=REGION, **{"attempts": 1, **access})
    )
    made.session.set_credentials(key["key"], key["secret"])
    made.session.set_config_variable("ca_bundle", str(stand.authority))
    return made


def world_of(deployed: Deployed, clients: AwsClients, pool: ThreadPoolExecutor) -> World:
    """The world of a deployed stack."""
    policy = deployed.only("aws:iam/policy:Policy")
    return World(
        bucket=deployed.outputs["bucket"],
        logs=deployed.outputs["logBucket"],
        user=deployed.only("aws:iam/user:User")["id"],
        key=deployed.only("aws:iam/accessKey:AccessKey")["id"],
        policy=policy["id"],
        kms=deployed.only("aws:kms/key:Key")["outputs"]["arn"],
        document=deployed.document,
        state=parse_state(deployed.document),
        clients=clients,
        pool=pool,
    )
