"""AWS clients: made once each, with the cheapest start that botocore allows, and read-only by what we ask
of them."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from typing import Any

from s3_perimeter.errors import PerimeterError

__all__ = ["Access", "AwsClients", "CredentialsError", "NotOfferedError", "UnservedError"]

SERVICES = [
    "datasync",
    "fsx",
    "iam",
    "kms",
    "organizations",
    "s3",
    "s3control",
    "s3files",
    "storagegateway",
    "sts",
]
"""Every service that a check asks."""
_NOT_EVERYWHERE = frozenset({"datasync", "fsx", "storagegateway"})
"""Those that some regions lack, and whose regions botocore lists."""

# What `_trust_once` needs of botocore's HTTP session; one without it keeps botocore's own way.
_BOTOCORE_OWN = ("_verify", "_setup_ssl_cert", "_get_ssl_context", "_manager")


class CredentialsError(PerimeterError):
    """The profile, the role or the region cannot be had; the message says what to give."""


@dataclass(frozen=True, slots=True)
class Access:
    """How AWS is reached. `endpoint_url` None leaves it to the environment (AWS_ENDPOINT_URL) and AWS
    itself."""

    profile: str | None = None
    role_arn: str | None = None
    endpoint_url: str | None = None
    region: str | None = None
    max_concurrency: int = 40
    attempts: int = 4
    connect_timeout: float = 5.0
    read_timeout: float = 20.0


class AwsClients:
    """One botocore session and its clients, shared by all threads of a run.

    boto3's own layer is left out: it adds resources and paginators that we do not use, and its import
    costs a tenth of the start-up time that we allow ourselves.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._lock = threading.RLock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._asked: dict[tuple[str, str | None], Any] = {}
        self._session: Any = None
        self._trust: Any = None

    @property
    def region(self) -> str | None:
        """The region given, or that of the profile or environment."""
        return self.access.region or self.session.get_config_variable("region")

    def client(self, service: str, region: str | None) -> Any:
        """Return the client of a service in a region.

        Raises CredentialsError where no session can be had, and NotOfferedError where the region lacks the
        service.
        """
        asked = (service, region)
        made = self._asked.get(asked)
        if made is not None:  # without the lock: nobody waits for a client that another thread is making
            return made
        with self._lock:
            region = region or self.region or "us-east-1"
            if service in ("iam", "organizations", "sts"):
                region = self.region or region
            made = self._clients.get((service, region))
            if made is None:
                self._refuse_unoffered(service, region)
                made = self._clients[service, region] = self._make(service, region)
            self._asked[asked] = made
            return made

    def _refuse_unoffered(self, service: str, region: str) -> None:
        """Raise NotOfferedError where botocore's list of the service's regions is without this one."""
        if service not in _NOT_EVERYWHERE or self._own_endpoint():
            return
        session = self.session
        if not any(
            region in session.get_available_regions(service, partition)
            for partition in session.get_available_partitions()
        ):
            raise NotOfferedError(
                f"the installed botocore knows no {session.get_service_model(service).service_id} in {region}"
            )

    def warm(self) -> None:
        """Make the clients that every check needs, in the region that is usual here.

        STS's comes first, because nothing is asked before it has said who we are; then IAM's: it is made
        faster than the others, and its questions raise the most others.
        """
        with contextlib.suppress(CredentialsError):  # reported when a call needs it
            for service in ("sts", "iam", "s3", "s3control"):
                self.client(service, None)

    def made(self) -> tuple[Any, ...]:
        """Return the clients there are so far."""
        with self._lock:
            return tuple(self._clients.values())

    @property
    def session(self) -> Any:
        """The botocore session, opened at first use; raises CredentialsError where it cannot be."""
        if self._session is None:
            with self._lock:
                if self._session is None:
                    self._session = self._open()
        return self._session

    def _open(self) -> Any:
        from botocore.exceptions import ProfileNotFound

        from s3_perimeter.drift.botocore_session import open_session

        try:
            session = open_session(self.access.profile, SERVICES)
            session.get_scoped_config()
        except ProfileNotFound as error:
            raise CredentialsError(
                f"{error}\n\nhint: `aws configure list-profiles` lists the profiles"
            ) from error
        if self.access.role_arn:
            self._assume(session, self.access.role_arn)
        return session

    def _assume(self, session: Any, role_arn: str) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        region = self.access.region or session.get_config_variable("region") or "us-east-1"
        try:
            answer = self._make("sts", region, session).assume_role(
                RoleArn=role_arn, RoleSessionName="drift-check"
            )
        except (ClientError, BotoCoreError) as error:
            raise CredentialsError(
                f"cannot assume {role_arn}: {error}\n\nhint: the role must trust these credentials"
            ) from error
        given = answer["Credentials"]
        session.set_credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def _make(self, service: str, region: str, session: Any = None) -> Any:
        import botocore
        from botocore.config import Config

        from s3_perimeter.drift.botocore_session import forget_error_shapes

        made = (session or self.session).create_client(
            service,
            region_name=region,
            endpoint_url=self.access.endpoint_url,
            config=Config(
                max_pool_connections=self.access.max_concurrency,
                retries={"mode": "standard", "total_max_attempts": self.access.attempts},
                connect_timeout=self.access.connect_timeout,
                read_timeout=self.access.read_timeout,
                # Said as a whole: botocore puts its own together anew, twice a call, for a sixth of its time.
                user_agent=f"Botocore/{botocore.__version__} drift-check",
            ),
        )
        forget_error_shapes(made)
        self._trust_once(made)
        if service == "s3":
            made.meta.events.register("before-parse.s3", _refuse_listing)
        if service == "s3control" and self._own_endpoint():
            made.meta.events.register_first("request-created.s3-control", _without_account_in_host)
        return made

    def _trust_once(self, client: Any) -> None:
        """Have the file of authorities read once for all, not by each of some fifty connections.

        Fact botocore's own file takes 19 ms of computing: all of them longer than everything else that a
        check computes. Every certificate is verified as before, against the same authorities.
        """
        from botocore.httpsession import create_urllib3_context, get_cert_path

        http: Any = getattr(getattr(client, "_endpoint", None), "http_session", None)
        if not all(hasattr(http, name) for name in _BOTOCORE_OWN) or not http._verify:
            return
        if self._trust is None:
            trust = create_urllib3_context()
            try:
                trust.load_verify_locations(get_cert_path(http._verify))
            except OSError:  # each call reads it then, and says what is wrong with it
                return
            self._trust = trust
        set_up = http._setup_ssl_cert

        def set_up_without_reading(pool: Any, url: str, verify: Any) -> None:
            set_up(pool, url, verify)
            pool.ca_certs = None

        http._setup_ssl_cert = set_up_without_reading
        http._get_ssl_context = lambda: self._trust  # of managers made later: those of proxies
        http._manager.connection_pool_kw["ssl_context"] = self._trust

    def _own_endpoint(self) -> bool:
        return bool(self.access.endpoint_url or os.environ.get("AWS_ENDPOINT_URL"))


class NotOfferedError(Exception):
    """The service is not offered in the region, as far as botocore knows."""


class UnservedError(ValueError):
    """The endpoint answered another question than the one asked."""


def _refuse_listing(operation_model: Any, response_dict: Any, **_: Any) -> None:
    """Refuse a listing of objects as the answer to anything that we ask.

    Stores that imitate S3 ignore sub-resources they do not know and list the bucket; taken for an answer,
    that would read as "there is none".
    """
    body = response_dict.get("body")
    if isinstance(body, bytes) and b"<ListBucketResult" in body[:400]:
        raise UnservedError(
            f"the endpoint does not serve {operation_model.name}: it listed the bucket instead"
        )


def _without_account_in_host(request: Any, **_: Any) -> None:
    """Take the account off the front of the host before signing: an endpoint of one's own has no such name.

    The account is in the header `x-amz-account-id` all the same.
    """
    account = request.headers.get("x-amz-account-id", "")
    request.url = request.url.replace(f"://{account}.", "://", 1)
