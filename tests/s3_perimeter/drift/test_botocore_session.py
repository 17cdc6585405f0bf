"""The session that starts with less work knows what botocore's own knows of the services that are asked."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.utils import EVENT_ALIASES

from s3_perimeter.drift.botocore_session import forget_error_shapes, open_session
from s3_perimeter.drift.clients import SERVICES


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1"])
def test_what_is_read_of_a_service_is_the_same(service: str, kind: str) -> None:
    ours, theirs = (
        session.get_component("data_loader").load_service_model(service, kind)
        for session in (open_session(None, SERVICES), botocore.session.Session())
    )
    assert ours == theirs
    assert [*ours] == [*theirs]


@pytest.mark.parametrize("data", ["endpoints", "partitions", "sdk-default-configuration"])
def test_what_is_read_of_all_services_is_the_same(data: str) -> None:
    ours, theirs = (
        session.get_component("data_loader").load_data(data)
        for session in (open_session(None, SERVICES), botocore.session.Session())
    )
    assert ours == theirs


@pytest.mark.parametrize("service", SERVICES)
def test_a_handler_is_found_under_every_name_of_a_service(service: str) -> None:
    session = open_session(None, SERVICES)
    identity = str(session.get_service_model(service).service_id.hyphenize())
    names = {identity, *(old for old, new in EVENT_ALIASES.items() if new == identity)}
    for name in names:
        heard: list[str] = []
        session.register(f"asked-for-a-test.{name}", lambda heard=heard, **_: heard.append(""))
        session.get_component("event_emitter").emit(f"asked-for-a-test.{identity}.GetThing")
        assert heard, name


def test_a_file_that_is_not_there_is_none() -> None:
    loader = open_session(None, SERVICES).get_component("data_loader")
    assert loader.file_loader.load_file("/nowhere/at-all") is None


def test_an_error_keeps_its_code_without_the_shapes_of_errors() -> None:
    client = open_session(None, SERVICES).create_client(
        "iam", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    forget_error_shapes(client)
    assert client.meta.service_model.shape_for_error_code("NoSuchEntity") is None
    assert client.meta.service_model.operation_model("GetUser").error_shapes
