"""Programs of AWS types that the embedded AWS does not make: previewed, and judged by the policy pack."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.stand import Stand
from local.yaml_host import HOST
from tests.conftest import Pulumi, PulumiIn, Ran
from tests.e2e.stacks import PACK, new_stack, program_stack

pytestmark = pytest.mark.e2e

PROGRAMS = Path(__file__).parent / "programs"
ALLOWED = '["203.0.113.0/24","2001:db8:1234::/48"]'
CREATED = re.compile(r"^ \+  (\S+) (\S+) create *$", re.MULTILINE)
VIOLATION = re.compile(r"^ *- \[mandatory\] (?:\[[^]]*\] )? *(\S+)  \((\S+): (\S+)\)", re.MULTILINE)
OPEN_BUCKET = {
    "bucket-blocks-public-access": 1,
    "bucket-encrypted": 1,
    "bucket-logs-access": 1,
    "bucket-owner-enforced": 1,
}
"""What the pack says of a bucket that has nothing but a name, its policy aside."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a preview said, by the name of each resource."""

    ran: Ran
    created: frozenset[tuple[str, str]]
    violations: tuple[tuple[str, str], ...]

    def types(self, start: str) -> set[str]:
        """The types of AWS's resources whose names start so."""
        return {kind for kind, name in self.created if name.startswith(start) and kind.startswith("aws:")}

    def rules(self, start: str) -> Counter[str]:
        """How often each rule is violated by resources whose names start so."""
        return Counter(rule for rule, name in self.violations if name.startswith(start))


def preview(stand: Stand, run: Pulumi) -> Previewed:
    """Preview a program under the pack."""
    (run.directory / "Pulumi.dev.yaml").write_text(
        f"config:\n  aws:region: ap-northeast-1\n  s3-perimeter:allowedNetworks: {ALLOWED}\n"
    )
    new_stack(stand, run, "dev")
    ran = run("preview", "--stack", "dev", *PACK, expect=None)
    violations = tuple((rule, name) for rule, _, name in VIOLATION.findall(ran.out))
    return Previewed(ran, frozenset(CREATED.findall(ran.out)), violations)


@pytest.fixture(scope="module")
def public(stand: Stand, tmp_path_factory: pytest.TempPathFactory) -> Previewed:
    """All programs of ``programs/public``, in one preview."""
    own = tmp_path_factory.mktemp("public")
    shutil.copytree(PROGRAMS / "public", own / "public")
    return preview(stand, PulumiIn(stand, own)(own / "public"))


@pytest.mark.parametrize(
    ("program", "types", "rules"),
    [
        pytest.param(
            "api",
            "apigatewayv2:Api apigatewayv2:Integration apigatewayv2:Route apigatewayv2:Stage "
            "cloudwatch:LogGroup dynamodb:Table lambda:Function lambda:Permission iam:Role iam:RolePolicy",
            {},
            id="api-gateway-lambda-dynamodb",
        ),
        pytest.param(
            "website",
            "acm:Certificate cloudfront:Distribution cloudfront:OriginAccessControl route53:Record "
            "route53:Zone s3:Bucket s3:BucketPolicy",
            {**OPEN_BUCKET, "bucket-policy-denies-outside": 1, "tls-required": 1},
            id="cloudfront-route53-acm-bucket",
        ),
        pytest.param(
            "network",
            "ec2:Eip ec2:InternetGateway ec2:NatGateway ec2:RouteTable ec2:RouteTableAssociation "
            "ec2:SecurityGroup ec2:Subnet ec2:Vpc",
            {},
            id="vpc-subnets-nat-gateway",
        ),
        pytest.param(
            "database",
            "cloudwatch:MetricAlarm kms:Key rds:Instance rds:SubnetGroup secretsmanager:Secret "
            "secretsmanager:SecretVersion",
            {},
            id="rds-secrets-manager-alarm",
        ),
        pytest.param(
            "containers",
            "ecr:Repository ecs:Cluster ecs:Service ecs:TaskDefinition lb:Listener lb:LoadBalancer "
            "lb:TargetGroup",
            {},
            id="ecs-fargate-load-balancer",
        ),
        pytest.param(
            "messages",
            "sns:Topic sns:TopicSubscription sqs:Queue sqs:QueuePolicy",
            {},
            id="sns-sqs",
        ),
        pytest.param(
            "lake",
            "athena:Workgroup glue:CatalogDatabase glue:CatalogTable kinesis:FirehoseDeliveryStream "
            "s3:Bucket s3:BucketPublicAccessBlock s3:BucketVersioning",
            {
                "bucket-encrypted": 1,
                "bucket-logs-access": 1,
                "bucket-owner-enforced": 1,
                "bucket-policy-denies-outside": 1,
                "tls-required": 1,
            },
            id="firehose-glue-athena-bucket",
        ),
        pytest.param(
            "kubernetes",
            "eks:Cluster eks:NodeGroup iam:Role iam:RolePolicyAttachment",
            {},
            id="eks",
        ),
        pytest.param(
            "workflow",
            "cloudwatch:EventRule cloudwatch:EventTarget sfn:StateMachine ssm:Parameter",
            {},
            id="step-functions-eventbridge",
        ),
        pytest.param(
            "sign-in",
            "cognito:UserPool cognito:UserPoolClient wafv2:WebAcl wafv2:WebAclAssociation",
            {},
            id="cognito-waf",
        ),
    ],
)
def test_a_python_program_previews(
    public: Previewed, program: str, types: str, rules: dict[str, int]
) -> None:
    """Every type is planned, and the pack says of its buckets what it says of any others."""
    assert public.types(program) == {f"aws:{kind}" for kind in types.split()}, public.ran.text
    assert public.rules(program) == rules


def test_nothing_but_the_pack_has_anything_to_say(public: Previewed) -> None:
    """No error of the provider stands among the diagnostics, and no secret is shown."""
    diagnostics = public.ran.out.partition("Diagnostics:")[2].partition("Outputs:")[0].split("\n")
    assert [line.strip() for line in diagnostics if "error" in line] == ["error: preview failed"]
    assert "correct horse" not in public.ran.text


@pytest.mark.timeout(900)  # the first one may have to build the YAML host
@pytest.mark.parametrize(
    ("program", "types", "rules"),
    [
        pytest.param(
            "public-yaml-server",
            {"aws:ec2:Instance", "aws:ec2:SecurityGroup", "aws:iam:Role", "aws:lambda:Function"},
            {},
            id="instance-and-lambda",
        ),
        pytest.param(
            "public-yaml-site",
            {
                "aws:cloudfront:Distribution",
                "aws:s3:Bucket",
                "aws:s3:BucketPolicy",
                "aws:s3:BucketPublicAccessBlock",
            },
            {
                **OPEN_BUCKET,
                "bucket-blocks-public-access": 4,
                "bucket-policy-denies-outside": 1,
                "tls-required": 1,
            },
            id="cloudfront-and-a-public-bucket",
        ),
    ],
)
def test_a_yaml_program_previews(
    stand: Stand, pulumi: PulumiIn, tmp_path: Path, program: str, types: set[str], rules: dict[str, int]
) -> None:
    """The YAML host checks it against the schema that the stand-in gives."""
    shutil.copytree(PROGRAMS / program, tmp_path / program)
    path = pulumi(tmp_path / program).environment["PATH"]
    host = HOST.find_or_build(path).parent
    found = preview(stand, pulumi(tmp_path / program, PATH=os.pathsep.join([path, str(host)])))
    assert found.types("") == types, found.ran.text
    assert found.rules("") == rules


def test_what_cannot_be_made_says_so(stand: Stand, tmp_path: Path) -> None:
    """In a deployment for real, in a look-up that no one answers, and for a misspelled property at once."""
    topic = program_stack(stand, tmp_path, "topic", "import pulumi_aws as aws\naws.sns.Topic('topic')\n")
    made = topic.up(expect=None)
    assert made.code != 0
    assert "the embedded AWS does not make aws:sns/topic:Topic; `pulumi preview` and" in made.out
    lookup = program_stack(
        stand, tmp_path, "zone", "import pulumi_aws as aws\naws.route53.get_zone(name='example.com')\n"
    )
    asked = lookup("preview", expect=None)
    assert asked.code != 0
    assert "the embedded AWS does not implement aws:route53/getZone:getZone" in asked.text
