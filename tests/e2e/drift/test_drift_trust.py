"""Whom the check believes: the authorities of AWS_CA_BUNDLE, read once, and nobody else."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import botocore
import pytest

from local.stand import Stand
from s3_perimeter.drift.calls import iam, sts
from s3_perimeter.drift.clients import Access, AwsClients
from s3_perimeter.drift.facts import Unreadable, Value
from s3_perimeter.drift.fetch import Counter, perform

OTHERS = Path(botocore.__file__).with_name("cacert.pem")


def trusting(stand: Stand, bundle: Path) -> AwsClients:
    """Clients of the stand that believe a bundle of authorities."""
    clients = AwsClients(Access(endpoint_url=stand.endpoint("inside"), region="eu-west-1", attempts=1))
    key = stand.record.admin
    clients.session.set_credentials(key["key"], key["secret"])
    clients.session.set_config_variable("ca_bundle", str(bundle))
    return clients


@pytest.mark.parametrize(
    "bundle",
    [
        pytest.param(OTHERS, id="other authorities"),
        pytest.param(Path("/nonexistent/ca.pem"), id="no such file"),
        pytest.param(Path(__file__), id="no certificates in it"),
    ],
)
def test_an_endpoint_that_no_authority_vouches_for_is_sent_nothing(stand: Stand, bundle: Path) -> None:
    """What it would answer is unreadable: the request is never sent."""
    clients = trusting(stand, bundle)
    for call in (sts.caller(), iam.user("ada"), sts.caller()):
        reading = perform(call, clients, Counter())
        assert isinstance(reading, Unreadable)
        assert reading.code == "SSLError"


@contextmanager
def _read_bundles(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    read: list[Any] = []
    load = ssl.SSLContext.load_verify_locations

    def reading(context: ssl.SSLContext, *given: Any, **named: Any) -> None:
        read.append(given)
        load(context, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(ssl.SSLContext, "load_verify_locations", reading)
        yield read


def test_the_authorities_are_read_once_for_all_clients(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection more, or a client more, reads no file."""
    clients = trusting(stand, stand.authority)
    with _read_bundles(monkeypatch) as read:
        answers = [perform(call, clients, Counter()) for call in (sts.caller(), iam.authorization_details())]
    assert all(isinstance(answer, Value) for answer in answers), answers
    assert len(read) == 1, read
