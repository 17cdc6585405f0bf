"""Role sessions: MFA, how long they may last, and when a role was last used.

ministack 1.5.33 reads no MFA code, gives a virtual MFA device a seed that is no base32, grants any duration,
and says of no role when it was last used. AWS: API Reference of STS, "AssumeRole"; IAM User Guide,
"MFA-protected API access"; RFC 6238.
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
from local.aws.patches.iam import Handler, Parameters, answer, given
from local.aws.patches.kept import Kept
from local.aws.patches.request import Answer

CHAINED_SECONDS = 3600
STEP_SECONDS = 30
Served = Callable[..., Awaitable[Answer]]


def apply(kept: Kept) -> None:
    """Put the checks in front of STS, and the last use into IAM's answer about a role."""
    sts.handle_request = checked(sts.handle_request)
    handlers: dict[str, Handler] = iam._IAM_HANDLERS
    handlers["CreateVirtualMFADevice"] = seeded(handlers["CreateVirtualMFADevice"])
    handlers["GetRole"] = with_last_use(handlers["GetRole"], kept)


def checked(original: Served) -> Served:
    """STS with AssumeRole's duration and MFA code looked at."""

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Answer:
        parameters = {**query, **parse_qs(body.decode("utf-8", errors="replace"))}
        if (parameters.get("Action") or [""])[0] == "AssumeRole":
            refusal = too_long(parameters, headers, query) or without_mfa(parameters)
            if refusal:
                return refusal
        return await original(method, path, headers, body, query)

    return handle


def too_long(parameters: Parameters, headers: dict[str, str], query: dict[str, Any]) -> Answer | None:
    """STS's refusal of a session that would outlast what the role, or role chaining, allows."""
    role = iam._roles.get(given(parameters, "RoleArn").rpartition("/")[2])
    asked = given(parameters, "DurationSeconds")
    if not role or not asked.isdigit():
        return None
    if int(asked) > role.get("MaxSessionDuration", CHAINED_SECONDS):
        return refused(
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    if role_of(str(sts.extract_access_key_id(headers, query) or "")) and int(asked) > CHAINED_SECONDS:
        return refused(
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
            "chaining.",
        )
    return None


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


def seeded(original: Handler) -> Handler:
    """CreateVirtualMFADevice, with a seed that an authenticator takes."""

    def create(parameters: Parameters) -> Answer:
        before = set(iam._mfa_devices)
        made = original(parameters)
        for serial in set(iam._mfa_devices) - before:
            iam._mfa_devices[serial]["Base32StringSeed"] = base64.b32encode(secrets.token_bytes(20)).decode()
            device = iam._virtual_mfa_xml(serial, include_user=False)
            return answer("CreateVirtualMFADevice", f"<VirtualMFADevice>{device}</VirtualMFADevice>")
        return made

    return create


def role_of(access_key: str) -> str | None:
    """Return the name of the role whose session has this access key; None where it is no session of one."""
    session = sts._sessions.get(access_key)
    arn = str(session["Arn"]) if session else ""
    return arn.split("/")[1] if ":assumed-role/" in arn else None


def with_last_use(original: Handler, kept: Kept) -> Handler:
    """GetRole with what the gateway noted of the requests of the role's sessions."""

    def get(parameters: Parameters) -> Answer:
        status, headers, body = original(parameters)
        noted = kept.data.roles_used.get(given(parameters, "RoleName"))
        if status == 200 and noted:
            fields = "".join(f"<{name}>{value}</{name}>" for name, value in noted.items())
            body = body.replace(b"</Role>", f"<RoleLastUsed>{fields}</RoleLastUsed></Role>".encode(), 1)
        return status, headers, body

    return get
