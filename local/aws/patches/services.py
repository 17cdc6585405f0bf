"""Documented answers about services that ministack lacks: there is nothing of theirs in the account.

ministack 1.5.33 answers "Unsupported service". AWS answers each of these operations with an empty list where
nothing was made (API references of Amazon FSx, AWS DataSync and AWS Storage Gateway, under the operations'
names). Every other operation of theirs stays unsupported.
"""

from __future__ import annotations

import json
from typing import Any

from ministack import app
from ministack.core import iam_actions, router

from local.aws.patches.request import Answer

NOTHING: dict[str, dict[str, dict[str, Any]]] = {
    "datasync": {"ListLocations": {"Locations": []}},
    "fsx": {
        "DescribeDataRepositoryAssociations": {"Associations": []},
        "DescribeFileSystems": {"FileSystems": []},
    },
    "storagegateway": {"ListFileShares": {"FileShareInfoList": []}},
}
JSON = {"Content-Type": "application/x-amz-json-1.1"}


def apply() -> None:
    """Serve them, for callers whose policies allow the operation."""
    for service in NOTHING:
        iam_actions.SERVICE_TO_IAM_NAMESPACE[service] = service
        # Known by its pattern, it is not looked for among all services of botocore, which takes seconds.
        router.SERVICE_PATTERNS[service] = {"host_patterns": [rf"{service}\."], "credential_scope": service}
        app.SERVICE_HANDLERS[service] = handler(service)


def handler(service: str) -> Any:
    """The handler of one service."""

    async def handle(_: str, __: str, headers: dict[str, str], *___: object) -> Answer:
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        found = NOTHING[service].get(operation)
        if found is None:
            refused = {"__type": "UnknownOperationException", "message": f"{operation} is not implemented."}
            return 400, dict(JSON), json.dumps(refused).encode()
        return 200, dict(JSON), json.dumps(found).encode()

    return handle
