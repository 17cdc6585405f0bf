"""The AWS account as commands see it: clients, and every refusal of AWS in one sentence with a way
out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any, Final, TypeAlias

from s3_perimeter.reporting.errors import CommandError
from s3_perimeter.reporting.refused_credentials import CODES, EXCEPTIONS
from s3_perimeter.reporting.saying import detail

__all__ = ["PROBE_MARK", "REFUSALS", "Aws", "Keys", "in_words", "who_is"]

Keys: TypeAlias = tuple[str, str] | tuple[str, str, str]
"""An access key's id and secret, and with those of a session its token."""

PROBE_MARK: Final = "s3-perimeter-verify/"
"""What the user agent of every probe of `perimeter verify` holds, before the run's 32 hexadecimal digits."""

# What AWS answers, in words: the problem, and what to do about it.
REFUSALS: dict[str, tuple[str, str]] = {
    **CODES,
    "NoSuchBucket": ("the bucket does not exist", "deploy it with `pulumi up`, or name another one"),
    "AccessDenied": (
        "AWS refused (AccessDenied)",
        "is this machine inside the allow-list (`perimeter my-ip`), the bucket in your account, and may these"
        " credentials read it?",
    ),
    "AllAccessDisabled": ("the bucket is closed by AWS", "ask AWS support"),
    "PermanentRedirect": (
        "the bucket is in another region",
        "set `aws:region` in the stack's config, or AWS_REGION",
    ),
    **dict.fromkeys(("SlowDown", "Throttling"), ("AWS asks to slow down", "try again in a minute")),
}


class Aws:
    """One set of credentials, one region, one endpoint; clients are made once each.

    `endpoint` comes before AWS_ENDPOINT_URL. Nothing is asked of AWS before a client is used.
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        region: str | None = None,
        endpoint: str | None = None,
        keys: Keys | None = None,
        proxy: str | None = None,
    ) -> None:
        self.profile = profile
        self.region = region
        self.endpoint = endpoint
        self.keys = keys
        self.proxy = proxy
        self._clients: dict[tuple[str, int], Any] = {}

    def client(self, service: str) -> Any:
        """Return the client of a service; one for each process, as connections do not survive a fork."""
        at = service, os.getpid()
        if at not in self._clients:
            self._clients[at] = self._make(service)
        return self._clients[at]

    def credentials(self) -> Keys | None:
        """Return the keys that it signs with, None where there are none. Raises what botocore raises."""
        found = self._session.get_credentials()
        if found is None:
            return None
        frozen = found.get_frozen_credentials()
        if frozen.token:
            return str(frozen.access_key), str(frozen.secret_key), str(frozen.token)
        return str(frozen.access_key), str(frozen.secret_key)

    @cached_property
    def _session(self) -> Any:
        from botocore.session import Session  # boto3's adds nothing that is used here

        session = Session()
        if self.profile:
            # Not by the constructor: only what is set so comes before keys in the environment.
            session.set_config_variable("profile", self.profile)
        session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
        if region := self.region or os.environ.get("AWS_REGION"):
            session.set_config_variable("region", region)
        if self.keys:
            session.set_credentials(*self.keys)
        return session

    def _make(self, service: str) -> Any:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        try:
            client = self._session.create_client(
                service,
                endpoint_url=self.endpoint,
                config=Config(
                    connect_timeout=10,
                    read_timeout=60,
                    retries={"mode": "standard", "total_max_attempts": 3},
                    max_pool_connections=16,
                    proxies={"https": self.proxy, "http": self.proxy} if self.proxy else None,
                ),
            )
            client.meta.events.register("after-call", _answered)
        except (BotoCoreError, ValueError) as error:  # an endpoint that is no URL is a ValueError
            raise in_words("preparing to ask AWS", error) from error

        return client

    @contextmanager
    def words_for(self, doing: str) -> Iterator[None]:
        """Turn what botocore raises within into a CommandError that begins with what was being done."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise in_words(doing, error) from error


def _answered(model: Any = None, http_response: Any = None, **_: Any) -> None:
    """Say, with `-v`, that a request was answered; nothing of what is in it."""
    detail(f"{model.service_model.service_name} {model.name}: {getattr(http_response, 'status_code', '?')}")


@lru_cache(maxsize=4)
def _loader(data_path: str | None) -> Any:
    """Return what reads the descriptions of AWS's services: one for all clients, as it keeps what it has
    read.
    """
    from botocore.loaders import create_loader

    return create_loader(data_path)


def who_is(whose: str, account: Aws) -> bool:
    """Ask AWS whose credentials these are; False where nothing answers, which is not for STS alone to say.

    Raises CommandError where there are no credentials, or AWS does not take them: every other question would
    fail for the same reason.
    """
    from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

    try:
        account.client("sts").get_caller_identity()
    except (HTTPClientError, EndpointConnectionError):
        return False
    except (BotoCoreError, ClientError) as error:
        raise in_words(f"asking AWS who {whose} is", error) from error
    return True


def in_words(doing: str, error: Exception) -> CommandError:
    """Return an error of botocore as a sentence and a hint."""
    from botocore import exceptions as boto

    match error:
        case boto.ClientError():
            code = error.response.get("Error", {}).get("Code", "")
            message = error.response.get("Error", {}).get("Message", "")
            problem, hint = REFUSALS.get(code, (f"AWS answered {code}: {message}".rstrip(": "), ""))
            if code in CODES:
                problem += f" ({code})"
            if code in ("403", "404"):  # answers to HEAD carry no code
                problem, hint = REFUSALS["AccessDenied" if code == "403" else "NoSuchBucket"]
            page = "how-to/get-back-in.md" if problem == REFUSALS["AccessDenied"][0] else ""
            return CommandError(f"{doing}: {problem}", hint, page)
        case _ if type(error).__name__ in EXCEPTIONS:
            problem, hint = EXCEPTIONS[type(error).__name__]
            return CommandError(f"{doing}: {problem}: {error}", hint)
        case boto.ProfileNotFound():
            return CommandError(f"{error}", "`aws configure list-profiles` lists those that there are")
        case boto.NoRegionError():
            return CommandError(
                f"{doing}: no AWS region is set", "set AWS_REGION, or `aws:region` in the stack's config"
            )
        case boto.HTTPClientError() | boto.EndpointConnectionError():
            return CommandError(
                f"{doing}: AWS cannot be reached from here ({error})",
                "is the network up, and is a proxy needed (HTTPS_PROXY)?",
            )
        case _:
            return CommandError(f"{doing}: {error}")
