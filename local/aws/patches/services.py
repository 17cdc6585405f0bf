"""Documented answers about services that ministack lacks: there is nothing of theirs in the account.

ministack answers "Unsupported service". AWS answers each of the operations in ``answers.json`` with an empty
list where nothing was made (API references of Amazon FSx, AWS DataSync and AWS Storage Gateway, under the
operations' names). Every other operation of theirs stays unsupported.
"""

from __future__ import annotations

import json
from typing import Any

from ministack import app
from ministack.core import iam_actions, router

from local.aws.patches.patch import instead_of
from local.aws.patches.request import Answer
from local.aws.patches.stored import ANSWERS

SERVICES: dict[str, dict[str, Any]] = ANSWERS["services"]


@instead_of(app.SERVICE_HANDLERS, *SERVICES)
async def nothing(_: None, __: str, ___: str, headers: dict[str, str], *____: object) -> Answer:
    """Answer an operation that is in the file."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    refused = {"__type": "UnknownOperationException", "message": f"{operation} is not implemented."}
    operations = {name: found for each in SERVICES.values() for name, found in each.items()}
    status, found = (200, operations[operation]) if operation in operations else (400, refused)
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(found).encode()


for _service in SERVICES:
    iam_actions.SERVICE_TO_IAM_NAMESPACE[_service] = _service
    # Known by its pattern, it is not looked for among all services of botocore, which takes seconds.
    router.SERVICE_PATTERNS[_service] = {"host_patterns": [rf"{_service}\."], "credential_scope": _service}
