"""PolicyDocument: what a document says once read, and everything for which S3 would reject one."""

import json
from typing import Any

import pytest

from s3_perimeter import Condition, PolicyDocument, PolicyError, PolicyMistake, Principals
from s3_perimeter.documents.document import MAX_POLICY_BYTES
from s3_perimeter.documents.jsontext import Places, read
from s3_perimeter.documents.nodes import Object, TextError, place_of
from tests.corpus.corpus import CorpusPolicy, corpus
from tests.hang import ends

STATEMENT: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::papers", "arn:aws:s3:::papers/*"],
}


def policy(**changes: object) -> dict[str, object]:
    """A policy of one statement; a change to None takes the element away."""
    statement = {name: value for name, value in (STATEMENT | changes).items() if value is not None}
    return {"Version": "2012-10-17", "Statement": [statement]}


def problems(document: Any) -> list[str]:
    """Why S3 would reject the document."""
    with pytest.raises(PolicyError) as caught:
        PolicyDocument.parse(document)
    return [mistake.problem for mistake in caught.value.mistakes]


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


def test_the_complements_are_kept_apart() -> None:
    """NotPrincipal, NotAction and NotResource are no Principal, Action and Resource."""
    (statement,) = PolicyDocument.parse(
        policy(
            Principal=None,
            NotPrincipal={"AWS": ["111122223333", "*"], "Service": "logging.s3.amazonaws.com"},
            Action=None,
            NotAction=["s3:GetObject"],
            Resource=None,
            NotResource="*",
        )
    ).statements
    assert (statement.principals, statement.actions, statement.resources) == (None, None, None)
    assert statement.not_principals == Principals(
        aws=("111122223333", "*"), service=("logging.s3.amazonaws.com",)
    )
    assert (statement.not_actions, statement.not_resources) == (("s3:GetObject",), ("*",))


def test_every_kind_of_principal_is_read() -> None:
    """Federated and canonical users too; an empty one is legal and matches nobody."""
    (statement,) = PolicyDocument.parse(
        policy(
            Principal={"AWS": [], "Federated": "cognito-identity.amazonaws.com", "CanonicalUser": ["79a5"]}
        )
    ).statements
    assert statement.principals == Principals(
        federated=("cognito-identity.amazonaws.com",), canonical_user=("79a5",)
    )
    (statement,) = PolicyDocument.parse(policy(Principal={})).statements
    assert statement.principals == Principals()


@pytest.mark.parametrize(
    ("written", "values"),
    [
        pytest.param("true", ("true",), id="a boolean"),
        pytest.param("[true, false]", ("true", "false"), id="booleans"),
        pytest.param("7", ("7",), id="a number"),
        pytest.param("1.20", ("1.20",), id="a fraction as written"),
        pytest.param("-0.5e+10", ("-0.5e+10",), id="a power of ten as written"),
        pytest.param("123456789012345678901234567890", ("123456789012345678901234567890",), id="many digits"),
        pytest.param("[]", (), id="no value at all"),
        pytest.param('"\\u00e9\\ud83d\\ude00\\/\\n"', ("é😀/\n",), id="escapes"),
    ],
)
def test_condition_values_are_aws_s_strings(written: str, values: tuple[str, ...]) -> None:
    """Numbers and booleans are compared as the strings that they are written as."""
    text = json.dumps(policy(Condition={"StringEquals": {"aws:x": "HERE"}})).replace('"HERE"', written)
    assert PolicyDocument.parse(text).statements[0].conditions[0].values == values


@pytest.mark.parametrize(
    ("written", "operator", "qualifier", "if_exists"),
    [
        pytest.param("NotIpAddress", "NotIpAddress", None, False, id="plain"),
        pytest.param("NOTIPADDRESS", "NotIpAddress", None, False, id="another case"),
        pytest.param("BoolIfExists", "Bool", None, True, id="IfExists"),
        pytest.param("ForAnyValue:StringLike", "StringLike", "ForAnyValue", False, id="ForAnyValue"),
        pytest.param(
            "ForAllValues:StringNotEqualsIgnoreCaseIfExists",
            "StringNotEqualsIgnoreCase",
            "ForAllValues",
            True,
            id="all three parts",
        ),
        pytest.param("Null", "Null", None, False, id="Null"),
    ],
)
def test_operators_are_taken_apart(
    written: str, operator: str, qualifier: str | None, if_exists: bool
) -> None:
    """Into AWS's own spelling, the qualifier and IfExists."""
    (statement,) = PolicyDocument.parse(policy(Condition={written: {"aws:x": "y"}})).statements
    (condition,) = statement.conditions
    assert (condition.operator, condition.qualifier, condition.if_exists) == (operator, qualifier, if_exists)


def test_text_size_and_lines_are_those_of_the_document() -> None:
    """Size is in bytes of UTF-8; a document without a text has no lines."""
    text = json.dumps(policy(Sid="é"), indent=1, ensure_ascii=False)
    document = PolicyDocument.parse(text)
    assert (document.text, document.size) == (text, len(text.encode()))
    assert document.statements[0].line == 4
    assert PolicyDocument.parse(text.encode()) == document
    decoded = PolicyDocument.parse(json.loads(text))
    assert decoded.statements[0].line is None
    assert json.loads(decoded.text) == json.loads(text)
    assert PolicyDocument.parse(decoded.text).statements[0].resources == document.statements[0].resources


def test_a_document_without_version_is_of_the_old_language() -> None:
    """In which policy variables are plain text."""
    assert PolicyDocument.parse({"Statement": STATEMENT}).version == "2008-10-17"
    assert PolicyDocument.parse({"Version": "2008-10-17", "Statement": STATEMENT}).version == "2008-10-17"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param([], ["a policy is an object, not a list"], id="a list"),
        pytest.param({}, ["the policy has no `Statement`"], id="nothing"),
        pytest.param(
            {"Statement": []},
            ["`Statement` is empty; a policy needs at least one statement"],
            id="no statement",
        ),
        pytest.param(
            {"Statement": ["x", 7]},
            ["a statement is an object, not a string", "a statement is an object, not a number"],
            id="statements that are none",
        ),
        pytest.param(
            {"Version": "2012-10-18", "Statement": STATEMENT},
            ["`Version` is `2012-10-17` or `2008-10-17`, not `2012-10-18`"],
            id="another version",
        ),
        pytest.param(
            {"Version": 20121017, "Id": 7, "Statement": STATEMENT},
            [
                "`Version` is `2012-10-17` or `2008-10-17`, not a number (`20121017`)",
                "`Id` is a string, not a number (`7`)",
            ],
            id="a version and an id that are numbers",
        ),
        pytest.param(
            {"statement": STATEMENT},
            [
                "a policy has no element `statement`; did you mean `Statement`?",
                "the policy has no `Statement`",
            ],
            id="an element in another case",
        ),
        pytest.param(
            policy(Comment="x"),
            [
                "a statement has no element `Comment`: it has Sid, Effect, Principal, NotPrincipal, Action, "
                "NotAction, Resource, NotResource, Condition"
            ],
            id="an unknown element",
        ),
        pytest.param(policy(Effect=None), ["the statement has no `Effect`"], id="no effect"),
        pytest.param(
            policy(Effect="deny"),
            ["`Effect` is `Allow` or `Deny`, in exactly this case, not `deny`"],
            id="an effect in another case",
        ),
        pytest.param(
            policy(Effect=["Deny"]),
            ["`Effect` is `Allow` or `Deny`, in exactly this case, not a list"],
            id="a list of effects",
        ),
        pytest.param(
            policy(Principal=None),
            ["the statement has neither `Principal` nor `NotPrincipal`"],
            id="no principal",
        ),
        pytest.param(
            policy(NotPrincipal={"AWS": "111122223333"}),
            ["a statement has either `Principal` or `NotPrincipal`, not both"],
            id="both principals",
        ),
        pytest.param(
            policy(Principal="111122223333"),
            ['`Principal` is `"*"` or an object such as {"AWS": "…"}, not `111122223333`'],
            id="a principal without its kind",
        ),
        pytest.param(
            policy(Principal=["*"]),
            ['`Principal` is `"*"` or an object such as {"AWS": "…"}, not a list'],
            id="a list of principals",
        ),
        pytest.param(
            policy(Principal={"aws": "*", "IAM": "x"}),
            [
                "`Principal` has no element `aws`; did you mean `AWS`?",
                "`Principal` has no element `IAM`: it has AWS, Service, Federated, CanonicalUser",
            ],
            id="kinds of principal that do not exist",
        ),
        pytest.param(
            policy(Principal={"AWS": {"Ref": "Role"}}),
            ["`Principal.AWS` takes strings, not an object"],
            id="a template's principal",
        ),
        pytest.param(
            policy(Action=None, Resource=None),
            [
                "the statement has neither `Action` nor `NotAction`",
                "the statement has neither `Resource` nor `NotResource`",
            ],
            id="neither action nor resource",
        ),
        pytest.param(
            policy(NotAction="s3:Get*", NotResource="*"),
            [
                "a statement has either `Action` or `NotAction`, not both",
                "a statement has either `Resource` or `NotResource`, not both",
            ],
            id="both actions and both resources",
        ),
        pytest.param(
            policy(Action=["GetObject", "s3:", ":GetObject", 7, None]),
            [
                "`Action` takes strings, not a number (`7`)",
                "`Action` takes strings, not null",
                "`GetObject` in `Action` is not an action; write it like `s3:GetObject`",
                "`s3:` in `Action` is not an action; write it like `s3:GetObject`",
                "`:GetObject` in `Action` is not an action; write it like `s3:GetObject`",
            ],
            id="actions that are none",
        ),
        pytest.param(
            policy(Resource=["papers/*", "${Bucket}/*", "ARN:aws:s3:::papers"]),
            [
                "`papers/*` in `Resource` is not an ARN; write it like `arn:aws:s3:::NAME/*`",
                "`${Bucket}/*` in `Resource` is not an ARN; write it like `arn:aws:s3:::NAME/*`",
                "`ARN:aws:s3:::papers` in `Resource` is not an ARN; write it like `arn:aws:s3:::NAME/*`",
            ],
            id="resources that are none",
        ),
        pytest.param(
            policy(Condition=[]),
            ["`Condition` is an object of operators, not a list"],
            id="a list of conditions",
        ),
        pytest.param(
            policy(Condition={"NotIpAdress": {}, "NullIfExists": {}, "Any:Bool": {}, "StringMatch": {}}),
            [
                "there is no condition operator `NotIpAdress`; did you mean `NotIpAddress`?",
                "there is no condition operator `NullIfExists`",
                "there is no condition operator `Any:Bool`",
                "there is no condition operator `StringMatch`",
            ],
            id="operators that do not exist",
        ),
        pytest.param(
            policy(Condition={"ForAnyValuesStringLike": {"aws:x": "y"}}),
            [
                "there is no condition operator `ForAnyValuesStringLike`; "
                "did you mean `ForAnyValue:StringLike`?"
            ],
            id="a mistyped qualifier",
        ),
        pytest.param(
            policy(Condition={"Bool": {"aws:x": "y"}, "bool": {"aws:x": "z"}}),
            ["`bool` is given twice; implementations differ in which one applies"],
            id="an operator in two cases",
        ),
        pytest.param(
            policy(Condition={"Bool": {"aws:x": "y", "AWS:X": "z"}}),
            ["`AWS:X` is given twice; implementations differ in which one applies"],
            id="a condition key in two cases",
        ),
        pytest.param(
            policy(Condition={"Bool": "x", "Null": {"": "true"}}),
            ["`Bool` takes an object of condition keys, not `x`", "a condition key has no name"],
            id="no condition keys",
        ),
        pytest.param(
            policy(Condition={"IpAddress": {"aws:SourceIp": [None, ["x"], {}]}}),
            [
                "`aws:SourceIp` takes strings, not null",
                "`aws:SourceIp` takes strings, not a list",
                "`aws:SourceIp` takes strings, not an object",
            ],
            id="values that are none",
        ),
        pytest.param(policy(Sid=7), ["`Sid` is a string, not a number (`7`)"], id="a sid that is a number"),
    ],
)
def test_what_s3_rejects_is_refused_in_these_words(document: object, expected: list[str]) -> None:
    """All reasons at once."""
    assert problems(document) == expected


def test_mistakes_are_reported_with_line_and_column_in_the_order_of_the_text() -> None:
    """Counted from one; duplicate keys at the second one."""
    text = '{"Version": "2012-10-17",\n "Statement": [\n  {"Effect": "deny",\n\t"Effect": "Deny"},\n  7\n ]}'
    with pytest.raises(PolicyError) as caught:
        PolicyDocument.parse(text)
    assert caught.value.mistakes == (
        PolicyMistake("the statement has neither `Principal` nor `NotPrincipal`", 3, 3),
        PolicyMistake("the statement has neither `Action` nor `NotAction`", 3, 3),
        PolicyMistake("the statement has neither `Resource` nor `NotResource`", 3, 3),
        PolicyMistake("`Effect` is `Allow` or `Deny`, in exactly this case, not `deny`", 3, 14),
        PolicyMistake("`Effect` is given twice; implementations differ in which one applies", 4, 2),
        PolicyMistake("a statement is an object, not a number", 5, 3),
    )
    assert str(caught.value).splitlines()[3] == (
        "line 3, column 14: `Effect` is `Allow` or `Deny`, in exactly this case, not `deny`"
    )


def test_an_error_prints_the_first_mistakes_and_holds_all() -> None:
    """A document of nothing but mistakes does not fill the screen."""
    with pytest.raises(PolicyError) as caught:
        PolicyDocument.parse({"Statement": [7] * 3000})
    assert len(caught.value.mistakes) == 3000
    assert str(caught.value).splitlines()[-1] == "and 2,980 more"


def test_a_document_of_nothing_but_unknown_names_comes_to_an_end() -> None:
    """A suggestion costs time, so only the first names get one."""
    names: dict[str, object] = {f"ForAnyValue:StringNotEquals{number:010}": {} for number in range(400)}
    with ends():
        found = problems(policy(Condition=names, **{f"Resources{number:03}": "x" for number in range(100)}))
    assert len(found) == 500


def padded(size: int, indent: int | None = None) -> str:
    """A policy whose text without white space has that many bytes."""
    bare = json.dumps(policy(Sid=""), separators=(",", ":"))
    return json.dumps(
        policy(Sid="x" * (size - len(bare))), separators=None if indent else (",", ":"), indent=indent
    )


def test_a_policy_may_take_20_kilobytes() -> None:
    """The last byte fits, the next does not; white space is not counted against it."""
    assert PolicyDocument.parse(padded(MAX_POLICY_BYTES)).size == 20_480
    assert problems(padded(MAX_POLICY_BYTES + 1)) == [
        "the policy takes 20,481 bytes without white space; S3 accepts 20,480: 1 too many"
    ]
    assert PolicyDocument.parse(padded(MAX_POLICY_BYTES, indent=4)).size > 20_480
    assert problems(json.loads(padded(MAX_POLICY_BYTES + 1))) == [
        "the policy takes 20,481 bytes without white space; S3 accepts 20,480: 1 too many"
    ]


ENDLESS: list[object] = []
ENDLESS.append(ENDLESS)
WIDE: list[object] = [1]
for _ in range(14):
    WIDE = [WIDE] * 10


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param("", "the text is empty", id="no text"),
        pytest.param(" \n", "the text is empty", id="white space"),
        pytest.param(
            "\ufeff{}", "the text starts with a byte-order mark; save it as UTF-8 without one", id="BOM"
        ),
        pytest.param(
            b"\xef\xbb\xbf{}", "the text starts with a byte-order mark; save it as UTF-8", id="BOM in bytes"
        ),
        pytest.param(b"\xff\xfe{\x00}\x00", "the text is not UTF-8", id="UTF-16"),
        pytest.param("{} {}", "there is more text after the end of the document", id="two documents"),
        pytest.param("[" * 500_000, "values are nested more than 16 deep", id="lists without end"),
        pytest.param('{"a":' * 200_000, "values are nested more than 16 deep", id="objects without end"),
        pytest.param(" " * 1_048_577, "the text is longer than 1,048,576 characters", id="a long text"),
        pytest.param(b" " * 1_048_577, "the text is longer than 1,048,576 bytes", id="many bytes"),
        pytest.param("[" + "1," * 500_000 + "1]", "there are more than 20,480 values", id="many values"),
        pytest.param(
            '{"Id":' + "9" * 1_000_000 + "}", "the policy takes 1,000,007 bytes", id="a huge number"
        ),
        pytest.param('{"Version": NaN}', "expected a value, found `NaN`", id="NaN"),
        pytest.param('{"Version": -Infinity}', "expected a value, found `-Infinity`", id="Infinity"),
        pytest.param('{"Version": 01}', "expected a value, found `01`", id="a leading zero"),
        pytest.param('{"Version": tru}', "expected a value, found `tru`", id="half a word"),
        pytest.param(
            '{"Version": "\\ud800"}', "this string contains half a surrogate pair", id="half a pair"
        ),
        pytest.param(
            '{"Version": "\\udc00\\ud800"}', "this string contains half a surrogate pair", id="turned"
        ),
        pytest.param(
            '{"Version": "\ud800"}', "this string contains half a surrogate pair", id="half a pair, raw"
        ),
        pytest.param('{"\\u0000": 1}', "this string holds the character NUL", id="NUL"),
        pytest.param('{"é\\u0000": 1}', "this string holds the character NUL", id="NUL with other letters"),
        pytest.param(
            '{"a\0": 1}',
            "this string does not end, or contains a line break, a control character or an unknown escape",
            id="NUL, raw",
        ),
        pytest.param(
            '{"a',
            "this string does not end, or contains a line break, a control character or an unknown escape",
            id="a string without end",
        ),
        pytest.param(
            '{"\\x41": 1}',
            "this string does not end, or contains a line break, a control character or an unknown escape",
            id="an unknown escape",
        ),
        pytest.param('"' + "\\\\" * 400_000, "this string does not end", id="escapes without end"),
        pytest.param("{'a': 1}", "expected a name in double quotes, found `'`", id="single quotes"),
        pytest.param('{"a": 1,}', "expected a name in double quotes, found `}`", id="a comma too many"),
        pytest.param('{"a" 1}', "expected `:` after the name `a`, found `1`", id="no colon"),
        pytest.param(
            '{"a": 1 "b": 2}', 'expected `,` between two members of an object, found `"`', id="no comma"
        ),
        pytest.param("[1 2]", "expected `,` between two values of a list, found `2`", id="no list comma"),
        pytest.param("[1,", "expected a value, found the end of the text", id="cut off"),
        pytest.param("{\0}", "expected a name in double quotes, found `\\x00`", id="NUL outside"),
        pytest.param(ENDLESS, "values are nested more than 16 deep", id="a list in itself"),
        pytest.param(WIDE, "there are more than 20,480 values", id="a list of ever the same lists"),
        pytest.param({7: 8}, "an object has a name that is not a string: 7", id="a number for a name"),
        pytest.param(
            {"a": float("nan")}, "nan is not a number that JSON can carry", id="a float that is none"
        ),
        pytest.param({"a": 10**5000}, "a number has more than 300 digits", id="a huge integer"),
        pytest.param({"a": -(10**5000)}, "a number has more than 300 digits", id="a huge negative integer"),
        pytest.param({"a": {1}}, "JSON has no set", id="a set"),
        pytest.param(
            {"a": "\ud800"}, "this string contains half a surrogate pair", id="half a pair, decoded"
        ),
        pytest.param({"\0": 1}, "this string holds the character NUL", id="NUL, decoded"),
    ],
)
def test_hostile_documents_end_in_one_clear_error(document: Any, problem: str) -> None:
    """Never a crash, a hang or another exception."""
    with ends():
        (found,) = problems(document)
    assert found.startswith(problem)


@pytest.mark.parametrize("entry", corpus(), ids=lambda entry: entry.file)
def test_the_lines_of_statements_are_those_that_are_read_with_places(entry: CorpusPolicy) -> None:
    """Statements are found by brackets alone, and are where the reader of places says that they are."""
    try:
        found = PolicyDocument.parse(entry.text)
    except PolicyError:
        return
    root = read(entry.text)
    assert isinstance(root, Object)
    statements = dict(root.members)["Statement"]
    nodes = statements if isinstance(statements, list) else [statements]
    places = Places(entry.text)
    assert [each.line for each in found.statements] == [places.of(place_of(node))[0] for node in nodes]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"Statement": [NaN]}', id="NaN"),
        pytest.param('{"Statement": [-Infinity]}', id="infinity"),
        pytest.param('{"Statement": "\\u0000"}', id="NUL"),
        pytest.param('{"Statement": "\\ud800"}', id="half-a-surrogate-pair"),
        pytest.param('{"Statement": ' + "[" * 20 + "]" * 20 + "}", id="deep"),
        pytest.param('{"Statement": ' + "[" * 5000 + "]" * 5000 + "}", id="deeper-than-the-scanner-goes"),
        pytest.param('{"Statement": [' + "1," * 30_000 + "1]}", id="more-values-than-are-read"),
    ],
)
def test_what_the_scanner_takes_and_the_reader_does_not_is_refused_as_the_reader_does(text: str) -> None:
    """The quick way changes no answer: the reader that keeps places has the last word."""
    with pytest.raises(TextError) as expected:
        read(text)
    with pytest.raises(PolicyError) as found:
        PolicyDocument.parse(text)
    assert [each.problem for each in found.value.mistakes] == [expected.value.problem]
