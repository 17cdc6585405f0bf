"""Resource control policies by their own grammar: what is read, and what AWS Organizations would reject."""

from __future__ import annotations

import json
from typing import Any

import pytest

from s3_perimeter import PolicyError, ResourceControlPolicy
from s3_perimeter.documents.rcp import MAX_RCP_CHARACTERS

FENCE: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
}
FULL_ACCESS = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def rcp(*statements: dict[str, Any], **elements: Any) -> dict[str, Any]:
    """A document of those statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)} | elements


def without(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """The mapping without one member."""
    return {key: value for key, value in document.items() if key != name}


def test_a_sound_document_is_read_with_its_name_on_every_statement() -> None:
    text = json.dumps(rcp({"Sid": "Fence", **FENCE}), indent=2)
    found = ResourceControlPolicy.parse(text, "org.json")
    assert (found.name, found.size, found.text) == ("org.json", len(text), text)
    assert [(each.sid, each.rcp, each.line) for each in found.statements] == [("Fence", "org.json", 4)]
    assert [(statement.index, statement.variables) for statement in found.rules] == [(0, True)]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Action": ["s3:Get*", "sts:AssumeRole", "kms:*", "cognito-idp:?et*"]}, id="services"),
        pytest.param({"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}, id="resources"),
    ],
)
def test_what_the_syntax_allows_is_read(statement: dict[str, Any]) -> None:
    ResourceControlPolicy.parse(rcp(FENCE | statement))


def test_not_resource_is_supported() -> None:
    ResourceControlPolicy.parse(rcp(without("Resource", FENCE) | {"NotResource": "arn:aws:s3:::b"}))


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(FULL_ACCESS, id="scalars"),
        pytest.param(FULL_ACCESS | {"Action": ["*"], "Resource": ["*"], "Sid": "1"}, id="lists-and-sid"),
    ],
)
def test_full_access_of_aws_is_read_and_no_rule(statement: dict[str, Any]) -> None:
    found = ResourceControlPolicy.parse(rcp(statement))
    assert [each.effect for each in found.statements] == ["Allow"]
    assert found.rules == ()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        pytest.param(without("Version", rcp(FENCE)), "has no `Version`", id="no-version"),
        pytest.param(rcp(FENCE, Version="2008-10-17"), "not `2008-10-17`", id="old-version"),
        pytest.param(rcp(FENCE, Version=2012), "not a number (`2012`)", id="version-number"),
        pytest.param(rcp(FENCE, Id="x"), "no element `Id`", id="id"),
        pytest.param(rcp(), "`Statement` is empty", id="empty"),
        pytest.param(rcp(FENCE | {"Effect": "Allow"}), "is `Deny`: it grants nothing", id="allow"),
        pytest.param(
            rcp(FULL_ACCESS | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            "is `Deny`: it grants nothing",
            id="full-access-with-a-condition",
        ),
        pytest.param(rcp(FENCE | {"Effect": "deny"}), "`Effect` is `Allow` or `Deny`", id="effect-case"),
        pytest.param(rcp(FENCE | {"Principal": {"AWS": "*"}}), 'is `"*"` and nothing else', id="aws-star"),
        pytest.param(
            rcp(FENCE | {"Principal": {"AWS": "111122223333"}}), 'is `"*"` and nothing else', id="account"
        ),
        pytest.param(
            rcp(without("Principal", FENCE) | {"NotPrincipal": "*"}),
            "has no `NotPrincipal`",
            id="notprincipal",
        ),
        pytest.param(rcp(without("Principal", FENCE)), "has no `Principal`", id="no-principal"),
        pytest.param(
            rcp(without("Action", FENCE) | {"NotAction": "s3:GetObject"}),
            "has no `NotAction`",
            id="notaction",
        ),
        pytest.param(rcp(without("Action", FENCE)), "has no `Action`", id="no-action"),
        pytest.param(rcp(FENCE | {"Action": "*"}), "name the service, such as `s3:*`", id="every-service"),
        pytest.param(rcp(FENCE | {"Action": "s3"}), "is not an action", id="no-colon"),
        pytest.param(rcp(FENCE | {"Action": "S3:*"}), "write `s3:*`", id="capitals"),
        pytest.param(rcp(FENCE | {"Action": "s*:*"}), "wildcard in the service", id="service-wildcard"),
        pytest.param(rcp(FENCE | {"Action": ["s3:*", "ec2:*"]}), "of the service `ec2`", id="unsupported"),
        pytest.param(
            rcp(without("Resource", FENCE)), "neither `Resource` nor `NotResource`", id="no-resource"
        ),
        pytest.param(rcp(FENCE | {"Resource": "bucket"}), "is not an ARN", id="resource"),
        pytest.param(
            rcp(FENCE | {"Condition": {"NotIpAdress": {"aws:SourceIp": "203.0.113.0/24"}}}),
            "did you mean `NotIpAddress`?",
            id="operator",
        ),
        pytest.param([], "a policy is an object", id="list"),
    ],
)
def test_what_aws_would_reject_is_refused_with_what_to_write(document: Any, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        ResourceControlPolicy.parse(json.dumps(document))
    assert said in str(caught.value)
    assert len(caught.value.mistakes) == 1


def test_every_mistake_is_reported_at_once_with_its_place() -> None:
    text = json.dumps(rcp(FENCE | {"Principal": {"AWS": "*"}, "Action": "*"}, Version="2008-10-17"), indent=2)
    with pytest.raises(PolicyError) as caught:
        ResourceControlPolicy.parse(text)
    assert [mistake.line for mistake in caught.value.mistakes] == [2, 6, 9]


@pytest.mark.parametrize(
    ("length", "indent", "accepted"),
    [
        pytest.param(MAX_RCP_CHARACTERS, None, True, id="at-the-limit"),
        pytest.param(MAX_RCP_CHARACTERS, 8, True, id="at-the-limit-without-white-space"),
        pytest.param(MAX_RCP_CHARACTERS + 1, None, False, id="one-over"),
    ],
)
def test_size_counts_characters_without_white_space(length: int, indent: int | None, accepted: bool) -> None:
    separators = (",", ":") if indent is None else None
    short = len(json.dumps(rcp({"Sid": "", **FENCE}), separators=(",", ":")))
    # Two bytes in UTF-8 and one character.
    document = rcp({"Sid": "é" * (length - short), **FENCE})
    text = json.dumps(document, separators=separators, indent=indent, ensure_ascii=False)
    if accepted:
        ResourceControlPolicy.parse(text)
        return
    with pytest.raises(PolicyError, match=r"takes 5,121 characters .* accepts 5,120: 1 too many"):
        ResourceControlPolicy.parse(text)
