"""Delivering server access logs: to the log bucket, as the logging service, under that bucket's policy.

Prompter than on AWS (seconds, not hours). A log bucket whose policy does not allow the service gets nothing,
and nobody is informed, as on AWS; the stand's own log says so.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import UTC, datetime

from ministack.core import iam_evaluator
from ministack.core.responses import request_scope
from ministack.services import s3

from local.aws.access_log import Entry
from local.aws.patches.request import text_of

SERVICE = "logging.s3.amazonaws.com"
SECONDS = 1.0
log = logging.getLogger("stand")


class LogDelivery:
    """Collects entries and writes them, a batch a second."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.waiting: dict[str, list[Entry]] = {}

    def note(self, entry: Entry) -> None:
        """Take an entry for delivery where its bucket has logging on."""
        if self.configuration(entry.bucket):
            self.waiting.setdefault(entry.bucket, []).append(entry)

    def configuration(self, bucket: str) -> str | None:
        """Return the bucket's logging configuration (XML), None where logging is off."""
        found = s3._bucket_logging_config.get_scoped(self.account, None, bucket)
        return str(found) if found and text_of(found, "TargetBucket") else None

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            await asyncio.sleep(SECONDS)
            await self.deliver()

    async def deliver(self) -> None:
        """Write everything that waits, one object a source bucket."""
        waiting, self.waiting = self.waiting, {}
        for bucket, entries in waiting.items():
            configuration = self.configuration(bucket)
            if configuration:
                await self.write(bucket, configuration, entries)

    async def write(self, source: str, configuration: str, entries: list[Entry]) -> None:
        """Put one log object of a source bucket where its configuration says, if that is let happen."""
        target = text_of(configuration, "TargetBucket") or ""
        record = s3._buckets.get_scoped(self.account, None, target)
        key = self.key(source, configuration)
        if record is None:
            return
        refusal = self.refusal(source, target, key)
        if refusal:
            log.warning("access logs of %s are lost: %s", source, refusal)
            return
        body = "".join(f"{entry.line()}\n" for entry in entries).encode()
        headers = {"content-type": "text/plain", "content-length": str(len(body))}
        with request_scope(self.account, record.get("region") or s3.get_region()):
            status, _, answer = await s3.handle_request(
                "PUT", f"/{target}/{key}", headers, body, {}, internal=True, enforce_bucket_region=False
            )
        if status >= 300:
            log.warning("access logs of %s are lost: %s %s", source, status, answer)

    def key(self, source: str, configuration: str) -> str:
        """Return the name of a new log object, simple or partitioned by date as configured."""
        now = datetime.now(UTC)
        prefix = text_of(configuration, "TargetPrefix") or ""
        name = f"{now:%Y-%m-%d-%H-%M-%S}-{secrets.token_hex(8).upper()}"
        if text_of(configuration, "PartitionDateSource") is None:
            return prefix + name
        region = (s3._buckets.get_scoped(self.account, None, source) or {}).get("region")
        return f"{prefix}{self.account}/{region}/{source}/{now:%Y/%m/%d}/{name}"

    def refusal(self, source: str, target: str, key: str) -> str | None:
        """Return why the service may not write that object, None where it may."""
        encryption = s3._bucket_encryption.get_scoped(self.account, None, target)
        if encryption and text_of(encryption, "SSEAlgorithm") not in (None, "AES256"):
            return f"{target} is encrypted with KMS, which log delivery does not support"
        policy = s3._bucket_policies.get_scoped(self.account, None, target)
        context = iam_evaluator.EvalContext(
            principal_arn=SERVICE,
            principal_type="AWSService",
            principal_account=self.account,
            action="s3:PutObject",
            resource_arn=f"arn:aws:s3:::{target}/{key}",
            region=s3.get_region(),
            source_ip=None,
            secure_transport=True,
            service_context={
                "aws:principalisawsservice": "true",
                "aws:principalservicename": SERVICE,
                "aws:sourceaccount": self.account,
                "aws:sourcearn": f"arn:aws:s3:::{source}",
            },
        )
        decision = iam_evaluator.evaluate_resource_policy(policy, context, service=SERVICE).decision
        return (
            None
            if decision == "Allow"
            else f"the policy of {target} does not let {SERVICE} write ({decision})"
        )
