"""Where the resources live: clients made from the provider's config and the environment."""

from __future__ import annotations

import functools
import json
import os
import threading
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore.config import Config

from local.provider.failures import ProviderError
from local.provider.values import Props, reveal

_making = threading.Lock()

CREDENTIALS = {
    "accessKey": "aws_access_key_id",
    "secretKey": "aws_secret_access_key",  # pragma: allowlist secret
    "token": "aws_session_token",
}
"""botocore's names of the provider's settings."""

TRIES = 6
"""How often a request is sent at most: for a connection that breaks, throttling, and errors of AWS's own."""


class Session:
    """One configured provider: a region, credentials, endpoints, default tags."""

    def __init__(self, config: Props) -> None:
        self.config = {name: parsed(value) for name, value in reveal(config).items()}
        self.cancelled = threading.Event()
        endpoints: dict[str, str] = {}
        for entry in self.config.get("endpoints") or []:
            endpoints.update({name: url for name, url in entry.items() if url})
        self.endpoints = tuple(sorted(endpoints.items()))

    @functools.cached_property
    def region(self) -> str:
        """The region of resources that name none. Raises ProviderError where nothing says it."""
        named = (
            self.config.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        )
        found = named or profile(self.config.get("profile")).get_config_variable("region")
        if not found:
            raise ProviderError(
                "Missing region information\n\nhint: run `pulumi config set aws:region <region>`, "
                "or set AWS_REGION"
            )
        return str(found)

    @property
    def default_tags(self) -> dict[str, str]:
        """Tags for every resource that can have some."""
        return dict((self.config.get("defaultTags") or {}).get("tags") or {})

    def client(self, service: str, region: str | None = None, *, once: bool = False) -> Any:
        """Return a client of botocore; one is shared by everybody who asks for the same.

        ``once``: it sends each request once, whatever comes of it.
        """
        credentials = tuple(self.config.get(key) or None for key in (*CREDENTIALS, "profile"))
        endpoint = dict(self.endpoints).get(service)
        verify = False if self.config.get("insecure") else self.config.get("customCaBundle") or None
        with _making:
            tries = 1 if once else TRIES
            return make_client(service, region or self.region, endpoint, tries, verify, credentials)

    @functools.cached_property
    def identity(self) -> Mapping[str, str]:
        """STS's GetCallerIdentity."""
        found = self.client("sts").get_caller_identity()
        return {"account": found["Account"], "arn": found["Arn"], "user": found["UserId"]}

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` and so on, as the region belongs to it."""
        return str(self.client("sts").meta.partition)

    @property
    def dns_suffix(self) -> str:
        """The domain of the partition's services."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


def parsed(value: Any) -> Any:
    """Return a provider's config value: the engine sends anything but a string as its JSON text."""
    if isinstance(value, str) and value[:1] in "[{" and value:
        return json.loads(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


@functools.cache
def make_client(
    service: str,
    region: str,
    endpoint: str | None,
    tries: int,
    verify: str | bool | None,
    credentials: tuple[str | None, ...],
) -> Any:
    """Return a client of these settings, made once."""
    style = {"addressing_style": "path"} if endpoint or os.environ.get("AWS_ENDPOINT_URL") else {}
    retries = {"mode": "standard", "total_max_attempts": tries}
    config = Config(retries=retries, max_pool_connections=32, s3=style)
    *keys, name = credentials
    return profile(name).create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        config=config,
        verify=verify,
        **dict(zip(CREDENTIALS.values(), keys, strict=True)),
    )


@functools.cache
def profile(name: str | None) -> Any:
    """Return botocore's session of a profile, made once: each reads the descriptions of all of AWS anew."""
    return botocore.session.Session(profile=name)


@functools.cache
def regions() -> Mapping[str, str]:
    """Return what AWS calls its regions, by their codes."""
    partitions = profile(None).get_data("endpoints")["partitions"]
    return {code: about["description"] for each in partitions for code, about in each["regions"].items()}
