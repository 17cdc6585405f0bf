"""Role sessions: MFA, and how long they may last.

ministack reads no MFA code, gives a virtual MFA device a seed that is no base32, and grants any duration.
AWS: API Reference of STS, "AssumeRole"; IAM User Guide, "MFA-protected API access"; RFC 6238.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from ministack.services import iam, sts

from local.aws.patches import evaluation
from local.aws.patches.iam import HANDLERS, Handler, Parameters, answer, given
from local.aws.patches.patch import instead_of
from local.aws.patches.request import Answer

CHAINED_SECONDS = 3600
STEP_SECONDS = 30
Served = Callable[..., Awaitable[Answer]]


@instead_of(sts, "handle_request")
async def checked(
    original: Served, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Answer:
    """STS with AssumeRole's duration and MFA code looked at."""
    parameters = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
    refusal = None
    if given(parameters, "Action") == "AssumeRole":
        refusal = too_long(parameters, headers, query) or without_mfa(parameters)
    return refusal or await original(method, path, headers, body, query)


def too_long(parameters: Parameters, headers: dict[str, str], query: dict[str, Any]) -> Answer | None:
    """STS's refusal of a session that would outlast what the role, or role chaining, allows."""
    role = iam._roles.get(given(parameters, "RoleArn").rpartition("/")[2])
    asked = given(parameters, "DurationSeconds")
    if not role or not asked.isdigit():
        return None
    said = ""
    if int(asked) > role.get("MaxSessionDuration", CHAINED_SECONDS):
        said = "the MaxSessionDuration set for this role."
    elif int(asked) > CHAINED_SECONDS and role_of(str(sts.extract_access_key_id(headers, query) or "")):
        said = "the 1 hour session limit for roles assumed by role chaining."
    return refused(400, "ValidationError", f"The requested DurationSeconds exceeds {said}") if said else None


def without_mfa(parameters: Parameters) -> Answer | None:
    """STS's refusal of a wrong MFA code; a right one is known to the policies of this request."""
    serial, code = given(parameters, "SerialNumber"), given(parameters, "TokenCode")
    if not serial and not code:
        return None
    device = iam._mfa_devices.get(serial)
    if not device or not device.get("User") or code not in codes(device["Base32StringSeed"]):
        return refused(
            403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."
        )
    evaluation.facts.set({**evaluation.facts.get(), "aws:multifactorauthpresent": "true"})
    return None


def refused(status: int, code: str, message: str) -> Answer:
    """STS's error."""
    made: Answer = sts._error(status, code, message, ns="sts")
    return made


def codes(seed: str, now: float | None = None) -> set[str]:
    """Return the codes that a device with this seed shows now, and one step before and after."""
    step = int((time.time() if now is None else now) // STEP_SECONDS)
    return {code(seed, each) for each in (step - 1, step, step + 1)}


def code(seed: str, step: int) -> str:
    """Return the code of one step."""
    digest = hmac.digest(base64.b32decode(seed), struct.pack(">Q", step), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


@instead_of(HANDLERS, "CreateVirtualMFADevice")
def seeded(original: Handler, parameters: Parameters) -> Answer:
    """CreateVirtualMFADevice, with a seed that an authenticator takes."""
    before = set(iam._mfa_devices)
    made = original(parameters)
    for serial in set(iam._mfa_devices) - before:
        iam._mfa_devices[serial]["Base32StringSeed"] = base64.b32encode(secrets.token_bytes(20)).decode()
        device = iam._virtual_mfa_xml(serial, include_user=False)
        return answer("CreateVirtualMFADevice", f"<VirtualMFADevice>{device}</VirtualMFADevice>")
    return made


def role_of(access_key: str) -> str | None:
    """Return the name of the role whose session has this access key; None where it is no session of one."""
    session = sts._sessions.get(access_key)
    arn = str(session["Arn"]) if session else ""
    return arn.split("/")[1] if ":assumed-role/" in arn else None
