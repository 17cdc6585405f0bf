"""Real requests to S3, and what came back: an answer, a refusal, or nothing to go by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from s3_perimeter.aws import PROBE_MARK, Keys, in_words

__all__ = ["Answer", "ask", "s3_client"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `refusal` is S3's error code, None where it did as asked; `trouble` that nothing
    came.
    """

    body: Any = None
    refusal: str | None = None
    trouble: str | None = None

    @property
    def summary(self) -> str:
        """The answer in a few words."""
        return self.trouble or self.refusal or "answered"


def ask(request: Callable[..., Any], **arguments: Any) -> Answer:
    """Make one request."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return Answer(request(**arguments))
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        # Refusals without a body (HEAD, some proxies) carry the bare status.
        return Answer(refusal="AccessDenied" if code == "403" else code)
    except BotoCoreError as error:
        return Answer(trouble=f"no answer ({error})")


def s3_client(
    region: str | None,
    *,
    keys: Keys | None = None,
    endpoint: str | None = None,
    proxy: str | None = None,
    profile: str | None = None,
    run: str,
) -> Any:
    """Return an S3 client with these keys, or without any signature; `profile` lends its settings, not its
    keys.

    `run` marks its requests in the access log, for `perimeter denied` to leave them out.
    Raises CommandError where the profile or the endpoint is none.
    """
    from botocore import UNSIGNED
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    settings: dict[str, Any] = {
        "connect_timeout": 10,
        "read_timeout": 30,
        "retries": {"mode": "standard", "total_max_attempts": 2},
        "request_checksum_calculation": "when_required",
        "user_agent_extra": f"{PROBE_MARK}{run}",
    }
    if proxy:
        settings["proxies"] = {"http": proxy, "https": proxy}
    if keys is None:
        settings["signature_version"] = UNSIGNED
    try:
        return _session_of(profile).client(
            "s3",
            region_name=region,
            endpoint_url=endpoint,
            config=Config(**settings),
            aws_access_key_id=keys[0] if keys else None,
            aws_secret_access_key=keys[1] if keys else None,
            aws_session_token=keys[2] if keys and len(keys) > 2 else None,
        )
    except (BotoCoreError, ValueError) as error:
        raise in_words("preparing to ask S3", error) from error


@lru_cache
def _session_of(profile: str | None) -> Any:
    """Return one session a profile: reading botocore's description of S3 takes longer than any request."""
    import boto3

    return boto3.Session(profile_name=profile)
