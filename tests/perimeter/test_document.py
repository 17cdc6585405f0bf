"""PolicyDocument: what a document says once read."""

from perimeter import Condition, PolicyDocument, Principals


def test_a_statement_object_and_scalars_stand_for_lists_of_one() -> None:
    """AWS takes one statement without a list, and one string where a list may stand."""
    document = PolicyDocument.parse(
        """{"Version": "2012-10-17", "Id": "fence", "Statement": {
            "Sid": "Outside", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": ["arn:aws:s3:::papers", "arn:aws:s3:::papers/*"],
            "Condition": {"notipaddressifexists": {"aws:sourceip": "203.0.113.0/24"},
                          "ForAllValues:Bool": {"aws:SecureTransport": [false, "x"]}}}}"""
    )
    (statement,) = document.statements
    assert (document.version, document.id) == ("2012-10-17", "fence")
    assert (statement.index, statement.line, statement.sid, statement.effect) == (0, 1, "Outside", "Deny")
    assert statement.principals == Principals(everyone=True)
    assert statement.not_principals is None
    assert statement.actions == ("s3:*",)
    assert statement.resources == ("arn:aws:s3:::papers", "arn:aws:s3:::papers/*")
    assert statement.conditions == (
        Condition("NotIpAddress", None, True, "aws:sourceip", ("203.0.113.0/24",)),
        Condition("Bool", "ForAllValues", False, "aws:SecureTransport", ("false", "x")),
    )
