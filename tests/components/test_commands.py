"""The commands that a stack's output gives a person to try."""

from components.commands import commands_to_try
from s3_perimeter.settings import Access, User


def test_only_what_the_person_may_do_is_suggested() -> None:
    """Somebody who may not write gets no upload command, and a prefix is where the commands look."""
    reader = User("alice", (Access.LIST, Access.READ), prefix="reports/")
    assert commands_to_try("example-bucket", "ap-northeast-1", [reader]) == [
        "aws configure set region ap-northeast-1 --profile alice",
        "aws configure --profile alice",
        "aws s3 ls s3://example-bucket/reports/ --profile alice",
        "aws s3 cp s3://example-bucket/reports/hello.txt - --profile alice",
    ]


def test_a_bucket_without_people_is_for_whoever_has_credentials() -> None:
    """With no users declared the command is for an existing profile."""
    assert commands_to_try("example-bucket", "ap-northeast-1", []) == ["aws s3 ls s3://example-bucket"]
