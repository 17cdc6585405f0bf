"""What a check of one stack begins with, before the rest of the program is imported.

The engine's export and AWS's answer to who we are take longer than that import, which goes on meanwhile.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from s3_perimeter.drift.calls import sts
from s3_perimeter.drift.clients import Access, AwsClients
from s3_perimeter.drift.facts import Fact
from s3_perimeter.drift.fetch import Counter, perform
from s3_perimeter.drift.options import Arguments
from s3_perimeter.reporting.saying import detail
from s3_perimeter.stack.pulumi import Running

__all__ = ["Begun", "begin"]


@dataclass(frozen=True, slots=True)
class Begun:
    """Where calls go; of a single stack also its export, if the CLI makes one, and who we are for AWS."""

    clients: AwsClients
    pool: ThreadPoolExecutor
    export: Running | None = None
    caller: Future[Fact] | None = None


def begin(chosen: Arguments, export: Running | None = None) -> Begun:
    """Make the clients and the pool; of a single stack, whose export may have begun, ask who we are."""
    clients = AwsClients(
        Access(
            profile=chosen.profile,
            role_arn=chosen.role_arn,
            endpoint_url=chosen.endpoint_url,
            region=chosen.region,
            max_concurrency=chosen.max_concurrency,
        )
    )
    pool = ThreadPoolExecutor(chosen.max_concurrency, thread_name_prefix="call")
    if not chosen.single:
        return Begun(clients, pool)
    # The import that follows would take turns with the making of this client, and so delay the question. What
    # fails here fails again there, and is reported.
    wait([pool.submit(clients.client, "sts", None)], timeout=1)
    counter = Counter(detail if chosen.verbose else None)
    return Begun(clients, pool, export, pool.submit(perform, sts.caller(), clients, counter))
