"""`perimeter check`: verdicts, exit codes and formats that scripts rely on."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from s3_perimeter import PolicyDocument, PolicyError, bucket_policy, deny_statements, prove
from s3_perimeter.commands.main import main
from tests.s3_perimeter.commands.engine_answers import answers, resource, state
from tests.s3_perimeter.policies import OFFICE, also, deny

OPTIONS = ["--bucket", "b", "--allow", "203.0.113.0/24", "2001:db8:1234::/48"]
LEAK = {
    "Version": "2012-10-17",
    "Statement": [deny(also(Bool={"aws:ViaAWSService": "false"}), Sid="Fence")],
}
OPEN_QUESTION = {
    "Version": "2012-10-17",
    "Statement": [deny(also(StringEquals={"aws:RequestedRegion": "x"}))],
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Policies of every verdict, and two files that are none."""
    texts = {
        "sealed": bucket_policy(OFFICE),
        "leak": json.dumps(LEAK, indent=2),
        "unknown": json.dumps(OPEN_QUESTION),
        "broken": '{\n  "Version": "2012-10-17",\n  "Statement": [}\n',
    }
    found = {}
    for name, text in texts.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text)
        found[name] = str(path)
    found["missing"] = str(tmp_path / "missing.json")
    return found


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run the command; return exit code and standard output."""
    code = main(["check", *arguments])
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("names", "code"),
    [
        pytest.param(["sealed"], 0, id="proved"),
        pytest.param(["leak"], 1, id="escape"),
        pytest.param(["unknown"], 2, id="unknown"),
        pytest.param(["broken"], 2, id="not-a-policy"),
        pytest.param(["missing"], 2, id="not-there"),
        pytest.param(["sealed", "leak", "broken"], 1, id="an-escape-outweighs-the-rest"),
        pytest.param(["sealed", "unknown"], 2, id="one-open-question"),
    ],
)
def test_exit_codes(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], names: list[str], code: int
) -> None:
    """0 when every policy is proved, 1 when something escapes, 2 when something could not be determined."""
    assert checked(capsys, *(files[name] for name in names), *OPTIONS)[0] == code


def test_json_is_one_object_a_file_in_order(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every object has every key of the contract."""
    names = ["leak", "broken", "sealed", "unknown", "missing"]
    _, out = checked(capsys, *(files[name] for name in names), *OPTIONS, "--format", "json")
    found = json.loads(out)
    assert [each["file"] for each in found] == [files[name] for name in names]
    assert [each["verdict"] for each in found] == ["escape", "unknown", "proved", "unknown", "unknown"]
    for each in found:
        assert list(each) == [
            "file",
            "verdict",
            "escapes",
            "lockouts",
            "dead_allows",
            "residual",
            "unmodelled",
            "error",
        ]
    (escape,) = found[0]["escapes"]
    assert set(escape) == {
        "channel",
        "principal",
        "action",
        "resource",
        "source_ip",
        "context",
        "because",
        "fix",
    }
    assert escape["channel"] == "forward-access"
    assert escape["context"]["aws:ViaAWSService"] == "true"
    assert "line 3" in found[1]["error"] and found[2]["error"] is None
    assert "missing.json" in found[4]["error"]


def test_text_says_who_gets_in_why_and_what_to_do(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the statement that almost caught the request, by Sid and line, and why it did not."""
    _, out = checked(capsys, files["leak"], *OPTIONS)
    assert "198.51.100.7 through an AWS service" in out
    assert "statement 1 (`Fence`, line 4) is the closest match" in out
    assert "remove the condition on `aws:ViaAWSService`: a service can act for anybody, from anywhere" in out


SOUND_AND_USELESS = {
    "Version": "2012-10-17",
    "Statement": [
        deny(),
        deny({}, Action=["s3:PutBucketPolicy", "s3:DeleteBucketPolicy"], Resource="arn:aws:s3:::b"),
        {
            "Sid": "Cdn",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::b/*",
        },
    ],
}


def test_a_lock_out_and_a_dead_allow_are_reported_and_change_no_exit_code(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """In text, JSON and SARIF: who cannot do what, why, and what to change."""
    Path(files["leak"]).write_text(json.dumps(SOUND_AND_USELESS, indent=1))
    code, out = checked(capsys, files["leak"], *OPTIONS)
    assert code == 0
    assert "lock-out: 203.0.113.0/24 and 2001:db8:1234::/48 cannot maintain the bucket" in out
    assert "dead Allow: CloudFront by its origin access control cannot use what it allows" in out
    assert "`sts:AssumeRoot` with the task policy `S3UnlockBucketPolicy`" in out
    code, out = checked(capsys, files["leak"], *OPTIONS, "--format", "json")
    (found,) = json.loads(out)
    assert (code, found["verdict"]) == (0, "proved")
    assert found["lockouts"][0]["jobs"] == ["maintain the bucket"]
    (dead,) = found["dead_allows"]
    assert (dead["statement"], dead["sid"]) == (3, "Cdn")
    code, out = checked(capsys, files["leak"], *OPTIONS, "--format", "sarif")
    results = json.loads(out)["runs"][0]["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("lock-out", "warning"),
        ("dead-allow", "note"),
    ]
    assert results[1]["locations"][0]["physicalLocation"]["region"]["startLine"] == dead["line"] > 1


def test_standard_input_is_a_file_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` reads a policy from a pipe, wherever it stands."""
    stdin = io.TextIOWrapper(io.BytesIO(bucket_policy(OFFICE).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out = checked(capsys, *OPTIONS, "-")
    assert code == 0
    assert out.startswith("-: proved")


def test_exemptions_are_options(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """What an option exempts is no escape."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            deny(
                also(
                    StringNotEquals={"aws:SourceVpce": "vpce-0a1b2c3d"},
                    BoolIfExists={"aws:PrincipalIsAWSService": "false"},
                )
            )
        ],
    }
    Path(files["leak"]).write_text(json.dumps(policy))
    assert checked(capsys, files["leak"], *OPTIONS)[0] == 1
    exempt = ["--vpc-endpoint", "vpce-0a1b2c3d", "--trust-aws-services"]
    assert checked(capsys, files["leak"], *OPTIONS, *exempt)[0] == 0


@pytest.mark.parametrize(
    ("key", "name"),
    [
        pytest.param("aws:SourceVpce", "vpce-0a1b2c3d", id="one-endpoint"),
        pytest.param("aws:VpceOrgID", "o-a1b2c3d4e5", id="organization"),
        pytest.param("aws:VpceAccount", "111122223333", id="account"),
        pytest.param("aws:SourceVpcArn", "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d", id="vpc"),
    ],
)
def test_a_bucket_that_no_network_reaches_is_judged_with_allow_none(
    key: str, name: str, files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What comes through the endpoints named is all that is exempt."""
    operator = "ArnNotEquals" if key.endswith("Arn") else "StringNotEquals"
    policy = {"Version": "2012-10-17", "Statement": [deny({operator: {key: name}})]}
    Path(files["sealed"]).write_text(json.dumps(policy))
    alone = [files["sealed"], "--bucket", "b", "--allow", "none"]
    assert checked(capsys, *alone, "--vpc-endpoint", name)[0] == 0
    code, out = checked(capsys, *alone)
    assert (code, f"`{key}`" in out) == (1, True)


def test_none_is_no_network_among_others(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """It stands for an empty list, which it would not be."""
    assert main(["check", files["sealed"], "--bucket", "b", "--allow", "none", "203.0.113.0/24"]) == 2
    assert "--allow: `none` excludes networks" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([*OPTIONS], "nothing to check", id="no-file"),
        pytest.param(["p.json", "--bucket", "b"], "no allow-list", id="no-list"),
        pytest.param(["p.json", "--allow", "203.0.113.0/24"], "no bucket specified", id="no-bucket"),
        pytest.param(["p.json", "--bucket", "b", "--allow", "office"], "`office` is neither", id="bad-list"),
        pytest.param(
            ["p.json", "--bucket", "b", "--allow", "203.0.113.5/24"],
            "write `203.0.113.0/24` for the network or `203.0.113.5/32` for the one host",
            id="host-bits",
        ),
        pytest.param(["p.json", "--stack", "dev"], "--stack takes", id="stack-and-file"),
    ],
)
def test_a_mistake_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """Exit code 2, nothing on standard output, no traceback."""
    assert main(["check", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert said in captured.err


@pytest.mark.parametrize("ending", ["--x-s3", "-s3alias", "--ol-s3", "--table-s3", ".mrap"])
def test_a_bucket_of_another_kind_is_refused(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    """By both commands that are about one bucket."""
    for arguments in (
        ["check", files["sealed"], "--allow", "203.0.113.0/24"],
        ["compare", files["sealed"], files["leak"]],
    ):
        assert main([*arguments, "--bucket", f"papers{ending}"]) == 2
        said = capsys.readouterr().err
        assert f"--bucket: `papers{ending}` ends in `{ending}`" in said
        assert "hint: name a general purpose bucket" in said


@pytest.mark.parametrize("private", ["10.0.0.0/8", "192.168.1.7", "127.0.0.1", "fd00::/8", "172.0.0.0/8"])
def test_a_network_that_is_not_public_is_refused(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], private: str
) -> None:
    """Nobody comes from there, and AWS services may for anybody."""
    assert main(["check", files["sealed"], "--bucket", "b", "--allow", "203.0.113.0/24", private]) == 2
    said = capsys.readouterr().err
    assert f"`{private}` " in said
    assert "hint: " in said


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        pytest.param("arn:aws-cn:s3:::b", "(`--partition aws-cn`)", id="another-partition"),
        pytest.param("arn:aws:s3:::bb", "the policy names `arn:aws:s3:::bb`", id="another-bucket"),
    ],
)
def test_a_policy_of_another_bucket_is_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], resource: str, said: str
) -> None:
    """S3 would refuse it on this one. With the right partition it is judged."""
    path = tmp_path / "p.json"
    path.write_text(
        json.dumps({"Version": "2012-10-17", "Statement": [deny(Resource=[resource, f"{resource}/*"])]})
    )
    code, out = checked(capsys, str(path), *OPTIONS)
    assert (code, said in out, "not judged" in out) == (2, True, True)
    code, out = checked(capsys, str(path), *OPTIONS, "--format", "json")
    (found,) = json.loads(out)
    assert (code, found["verdict"], found["escapes"]) == (2, "unknown", [])
    assert said in found["error"]
    for form in ("sarif", "junit"):
        code, out = checked(capsys, str(path), *OPTIONS, "--format", form)
        assert code == 2
        assert "no statement covers" in out
    if "aws-cn" in resource:
        assert checked(capsys, str(path), *OPTIONS, "--partition", "aws-cn")[0] == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(
            "\uff11\uff11.11.11.11/32", "is written in full-width characters, write `11.11.11.11/32`"
        ),
        pytest.param("11.11.11.11/32,9.9.9.9/32", "write each by itself: `11.11.11.11/32`, `9.9.9.9/32`"),
    ],
    ids=["full-width", "comma"],
)
def test_one_odd_address_in_a_policy_is_named_with_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], value: str, said: str
) -> None:
    """And the sound ones next to it are not."""
    path = tmp_path / "p.json"
    listed = deny({"NotIpAddress": {"aws:SourceIp": [value, "22.22.22.22/32"]}})
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [listed]}))
    code, out = checked(capsys, str(path), *OPTIONS)
    assert code == 2
    assert said in " ".join(out.split())
    assert "22.22.22.22" not in out


def test_what_is_not_decided_is_said_once_for_all_channels(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One reason is one line, behind the channels that it is said of."""
    _, said = checked(capsys, files["unknown"], *OPTIONS)
    assert said.count("neither proved nor refuted: what might get through") == 1
    assert "- public-signed, public-anonymous, forward-access, vpc-endpoint, aws-service: neither" in said


def test_each_channel_that_a_mistake_opens_has_its_own_requester(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What arrives through a VPC endpoint or from an AWS service is not said to come from an address."""
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [{**deny(), "Effect": "Allow"}]}))
    _, out = checked(capsys, str(path), *OPTIONS)
    said = [line.strip() for line in out.splitlines() if "can " in line][:5]
    someone = "arn:aws:iam::111122223333:user/someone"
    request = "can ask for s3:GetObject on arn:aws:s3:::b/key"
    assert said == [
        f"public-signed: {someone}, from 198.51.100.7, {request}",
        "public-anonymous: so can anybody, unsigned, from 198.51.100.7",
        f"forward-access: so can {someone}, from 198.51.100.7 through an AWS service",
        f"vpc-endpoint: so can {someone}, through VPC endpoint vpce-0a1b2c3d",
        "aws-service: so can the AWS service config.amazonaws.com",
    ]


def test_every_mistake_in_the_options_is_reported_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody has to run it three times to learn of three slips."""
    assert main(["check", "p.json", "--allow", "203.0.113.5/24", "office"]) == 2
    said = capsys.readouterr().err
    assert "no bucket specified" in said
    assert "`203.0.113.5/24` has host bits set" in said
    assert "`office` is neither" in said


def test_sarif_points_at_the_statement(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """One result an escape, with rule, level and line; a broken file is a result too."""
    _, out = checked(capsys, files["leak"], files["broken"], *OPTIONS, "--format", "sarif")
    log: dict[str, Any] = json.loads(out)
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    results = run["results"]
    assert [(each["ruleId"], each["level"]) for each in results] == [
        ("escape", "error"),
        ("bad-input", "error"),
    ]
    assert [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in results] == [4, 3]
    for each in results:
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]


def test_junit_is_well_formed_whatever_the_policy_holds(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A failure for an escape, an error for what is not known; control characters do not break it."""
    hostile = {
        "Version": "2012-10-17",
        "Statement": [deny(also(StringEquals={"aws:Referer": "\u0001<&]]>\u001b"}))],
    }
    Path(files["unknown"]).write_text(json.dumps(hostile))
    names = ["sealed", "leak", "broken", "unknown"]
    _, out = checked(capsys, *(files[name] for name in names), *OPTIONS, "--format", "junit")
    suite = ElementTree.fromstring(out).find("testsuite")  # noqa: S314 - our own output
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["4", "2", "1"]
    cases = suite.findall("testcase")
    assert [[child.tag for child in case] for case in cases] == [[], ["failure"], ["error"], ["failure"]]


def test_it_loads_neither_pulumi_nor_boto3(files: dict[str, str]) -> None:
    """A check needs no AWS and no Pulumi, and starts quickly."""
    program = (
        "import sys; from s3_perimeter.commands.main import main\n"
        f"code = main(['check', {files['sealed']!r}, *{OPTIONS!r}])\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('boto3', 'pulumi')], code, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[] 0"


def test_a_stack_is_judged_as_deployed_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody may have taken the policy away since: no word of it may sound as if AWS had been asked."""
    exported = state()
    exported["deployment"]["resources"].append(
        resource(
            "aws:s3/bucketPolicy:BucketPolicy",
            "policy",
            bucket="example-bucket",
            policy=bucket_policy(replace(OFFICE, bucket="example-bucket")),
        )
    )
    answers(monkeypatch, tmp_path, export=exported)
    assert main(["check", "--stack", "dev"]) == 0
    assert "as it was last deployed" in capsys.readouterr().out
    rcp = tmp_path / "org.json"
    rcp.write_text(json.dumps(RCP))
    assert main(["check", "--stack", "dev", "--rcp", str(rcp)]) == 0
    assert "the bucket policy by itself: sealed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        pytest.param(["--bucket", "b/x"], ["--bucket: `b/x` is not a bucket name"], id="an-object"),
        pytest.param(["--bucket", "b*"], ["--bucket: `b*` is not a bucket name"], id="a-pattern"),
        pytest.param(["--partition", "*"], ["--partition: `*` is not an AWS partition"], id="any-partition"),
        pytest.param(["--partition", "aws-xx"], ["--partition: `aws-xx` is no"], id="no-partition-of-aws"),
        pytest.param(["--account", "abc"], ["--account: `abc` is not a valid account id"], id="no-account"),
        pytest.param(
            ["--vpc-endpoint", "vpce-*", "--break-glass", "*", "--break-glass", "x"],
            [
                "--vpc-endpoint: `vpce-*` is not the id of a VPC endpoint",
                "--break-glass: `*` has a wildcard",
                "--break-glass: `x` is not the ARN",
            ],
            id="exemptions-for-nobody-in-particular",
        ),
        pytest.param(
            ["--bucket", "b\x1b[2J\n::notice::x"],
            ["--bucket: `b\\x1b[2J\\n::notice::x`"],
            id="control-characters",
        ),
    ],
)
def test_an_option_that_means_nothing_is_refused(
    options: list[str], problems: list[str], files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them at once, and with what was written made visible."""
    code = main(["check", files["sealed"], *OPTIONS, *options])
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert all(problem in said.err for problem in problems)


RCP = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8:1234::/48"]}},
    },
}


@pytest.fixture
def rcps(tmp_path: Path) -> dict[str, str]:
    """A resource control policy that seals, one with a wider list, and a file that is none."""
    wide = json.loads(json.dumps(RCP).replace("203.0.113.0/24", "203.0.112.0/23"))
    found = {}
    for name, document in (("org", RCP), ("wide", wide), ("old", RCP | {"Version": "2008-10-17"})):
        path = tmp_path / f"rcp-{name}.json"
        path.write_text(json.dumps(document, indent=2))
        found[name] = str(path)
    return found


def test_an_rcp_closes_what_the_policy_leaves_open(
    files: dict[str, str], rcps: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """And JSON and text say what each layer seals by itself."""
    arguments = [files["leak"], *OPTIONS, "--trust-aws-services", "--rcp", rcps["org"]]
    code, out = checked(capsys, *arguments, "--format", "json")
    (found,) = json.loads(out)
    assert (code, found["verdict"]) == (0, "proved")
    assert found["layers"] == [
        {"layer": "bucket-policy", "verdict": "escape", "open": ["forward-access"], "networks": []},
        {"layer": "resource-control-policies", "verdict": "proved", "open": [], "networks": []},
    ]
    _, out = checked(capsys, *arguments)
    assert "the bucket policy by itself: open by forward-access" in out
    assert "the resource control policies by themselves: sealed" in out


def test_a_bucket_without_a_policy_is_judged_by_its_rcps(
    rcps: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = checked(capsys, *OPTIONS, "--rcp", rcps["wide"], "--format", "json")
    (found,) = json.loads(out)
    assert (code, found["file"], found["verdict"]) == (1, "no bucket policy", "escape")
    assert found["layers"][0]["networks"] == ["203.0.112.0/24"]
    code, out = checked(capsys, *OPTIONS, "--trust-aws-services", "--rcp", rcps["org"])
    assert (code, out.splitlines()[0]) == (
        0,
        "no bucket policy: proved: every request from outside the allow-list is denied",
    )


def test_an_escape_stands_in_the_file_of_the_rcp_to_blame(
    rcps: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, out = checked(capsys, *OPTIONS, "--rcp", rcps["wide"], "--format", "sarif")
    results = json.loads(out)["runs"][0]["results"]
    uris = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results}
    assert uris == {f"file://{rcps['wide']}"}, "an absolute path is a whole URI"


def test_a_file_that_is_no_rcp_is_bad_input(
    files: dict[str, str], rcps: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every one of them is named."""
    broken = [rcps["old"], files["broken"]]
    assert main(["check", files["sealed"], *OPTIONS, "--rcp", rcps["org"], *broken]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(f"`{name}` is not a resource control policy" in said.err for name in broken)


FORGED = "Fence\nstdin: proved\n::notice::sealed\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}"


def test_what_a_policy_says_is_printed_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No Sid, key, value or resource forges a verdict, commands the CI or the terminal."""
    statements = [
        deny(also(Bool={"aws:ViaAWSService": "false"}), Sid=FORGED),
        deny(also(StringNotEquals={f"x:{FORGED}": FORGED, "aws:Referer": FORGED})),
        deny(Resource=["arn:aws:s3:::b", f"arn:aws:s3:::b/{FORGED}"]),
    ]
    path = tmp_path / "forged.json"
    for chosen in ([0], [1], [2], [0, 1, 2]):
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statements[at] for at in chosen]}))
        _, said = checked(capsys, str(path), *OPTIONS)
        assert not any(line.lstrip().startswith(("::", "stdin")) for line in said.splitlines())
        assert all(char.isprintable() or char == "\n" for char in said)


def test_a_file_that_cannot_be_read_is_named_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever its name holds."""
    _, said = checked(capsys, "no\n::notice::x", *OPTIONS)
    assert said.startswith("no\\n::notice::x: unknown: not judged\n")


def test_many_files_are_grouped_by_cause(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """One paragraph a cause with its channels and files, and the count of each verdict at the end."""
    second = Path(files["leak"]).with_name("second.json")
    second.write_text(json.dumps(LEAK).replace("Fence", "Other"))
    names = ["leak", "sealed", "broken", "missing", "unknown"]
    code, out = checked(capsys, *(files[name] for name in names), str(second), *OPTIONS)
    assert code == 1
    first, *_, last = out.rstrip("\n").split("\n\n")
    assert first.startswith("escape in 2 files (forward-access)\n")
    assert f"files: {files['leak']}:4, {second}:1" in first
    assert first.count("fix: ") == 1
    assert out.count("the root user of the owner's account") == 1
    assert f"\nproved: {files['sealed']}\n" in out
    assert last == "Checked 6 policies: 1 proved, 2 escape, 3 unknown (2 not judged)"


CORPUS = sorted(map(str, (Path(__file__).parents[2] / "corpus" / "policies").glob("*.json")))


def test_the_published_policies_fit_on_some_screens(capsys: pytest.CaptureFixture[str]) -> None:
    """Every file is in a paragraph; only `-v` names each of them."""
    code, out = checked(capsys, *CORPUS, "--bucket", "my-bucket", "--allow", "203.0.113.0/24")
    assert code == 1
    assert len(out.splitlines()) < 150
    counts = "4 proved, 58 escape, 427 unknown (427 not judged)"
    assert out.splitlines()[-1] == f"Checked {len(CORPUS)} policies: {counts}"
    _, out = checked(capsys, *CORPUS, "--bucket", "my-bucket", "--allow", "203.0.113.0/24", "-v")
    assert all(name in out for name in CORPUS)


def test_what_a_file_is_called_forges_nothing_among_many(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its name is printed in one line wherever it stands."""
    _, out = checked(capsys, files["leak"], "no\n::notice::x", "no\n\nChecked 1 policy: 1 proved", *OPTIONS)
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    assert [line for line in out.splitlines() if line.startswith("Checked")] == [
        "Checked 3 policies: 0 proved, 1 escape, 2 unknown (2 not judged)"
    ]


@pytest.mark.slow
def test_the_fix_that_is_printed_proves_every_published_policy() -> None:
    """`--fix-snippet` closes every escape, whatever else a policy says."""
    perimeter = replace(OFFICE, bucket="my-bucket")
    fix = deny_statements(perimeter)
    closed = 0
    for name in CORPUS:
        try:
            policy = PolicyDocument.parse(Path(name).read_text())
        except PolicyError:
            continue
        document = json.loads(Path(name).read_text())
        own = document["Statement"]
        document["Statement"] = [*(own if isinstance(own, list) else [own]), *fix]
        assert prove(PolicyDocument.parse(json.dumps(document)), perimeter).verdict == "proved", name
        closed += prove(policy, perimeter).verdict == "escape"
    assert closed > 300


@pytest.mark.parametrize("names", [["leak"], ["leak", "sealed"]], ids=["one-file", "many"])
def test_the_fix_can_be_pasted(
    names: list[str], files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As JSON for this bucket and these networks, in text and in JSON; without it, its option is named."""
    paths = [files[name] for name in names]
    _, out = checked(capsys, *paths, *OPTIONS, "--fix-snippet")
    found, _ = json.JSONDecoder().raw_decode(out, out.index("\n[\n") + 1)
    assert found == deny_statements(replace(OFFICE, bucket="b"))
    assert not out.rstrip().endswith("hint")
    _, out = checked(capsys, *paths, *OPTIONS, "--fix-snippet", "--format", "json")
    assert json.loads(out)[0]["fix_statements"] == found
    assert main(["check", *paths, *OPTIONS]) == 1
    assert "--fix-snippet" in capsys.readouterr().err


def test_sarif_says_what_each_rule_means(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Code scanning shows a title, a text, a severity and a page, and knows a finding again."""
    _, out = checked(capsys, files["leak"], files["broken"], *OPTIONS, "--format", "sarif")
    (run,) = json.loads(out)["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["helpUri"].startswith("https://")
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    prints = [each["partialFingerprints"]["s3Perimeter/v1"] for each in run["results"]]
    assert len(set(prints)) == len(prints)
    assert run["results"][0]["properties"]["statement"] == 1


def test_sarif_points_at_each_mistake(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Every one at its own line, and the file's name is a URI."""
    policy = Path(files["broken"]).with_name("with space #1.json")
    policy.write_text('{\n"Version": "2012-10-17",\n"Statement": [{\n"Effect": "Maybe",\n"Acton": "s3:*"}]}')
    _, out = checked(capsys, str(policy), *OPTIONS, "--format", "sarif")
    places = [each["locations"][0]["physicalLocation"] for each in json.loads(out)["runs"][0]["results"]]
    assert len({place["region"]["startLine"] for place in places}) > 1
    assert all(place["artifactLocation"]["uri"].endswith("with%20space%20%231.json") for place in places)
