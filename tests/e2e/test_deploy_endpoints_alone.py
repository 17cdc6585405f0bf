"""A bucket that only VPC endpoints reach, on the real engine: judged, checked, and closed to addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.stand import Stand
from tests.conftest import Aws
from tests.e2e.stacks import INSIDE, PACK, checkout_stack, credentials
from tests.s3_perimeter.access_logs.log_lines import line

pytestmark = pytest.mark.e2e

ORGANIZATION = "o-a1b2c3d4e5"
ENDPOINTS = [{"organization": ORGANIZATION}, "vpce-0a1b2c3d4e5f67890"]


def test_only_vpc_endpoints_and_break_glass_reach_a_bucket_without_an_allow_list(
    stand: Stand, tmp_path: Path
) -> None:
    """The pack passes it, drift is clean, the address that others are allowed from is not, and the deploying
    principal can take it down again.
    """
    aws = Aws(stand)
    deployer = aws("sts").get_caller_identity()["Arn"]
    stack = checkout_stack(
        stand,
        tmp_path,
        "endpoints",
        allowedNetworks=[],
        vpcEndpoints=ENDPOINTS,
        breakGlassPrincipals=[deployer],
        maxUrlAge="15m",
    )
    stack.up(*PACK)
    outputs = stack.outputs()
    bucket = outputs["bucket"]
    assert outputs["allowedNetworks"] == []

    statements: list[dict[str, Any]] = json.loads(aws("s3").get_bucket_policy(Bucket=bucket)["Policy"])[
        "Statement"
    ]
    assert statements[0]["Condition"] == {
        "StringNotEquals": {"aws:SourceVpce": ENDPOINTS[1], "aws:VpceOrgID": ORGANIZATION},
        "ArnNotEquals": {"aws:PrincipalArn": deployer},
    }
    assert statements[-1]["Condition"] == {"NumericGreaterThan": {"s3:signatureAge": "900000"}}
    person = aws("s3", stand.vantage(INSIDE[0]), **credentials(outputs))
    with pytest.raises(ClientError, match="AccessDenied"):
        person.list_objects_v2(Bucket=bucket)

    checked = stack.run("perimeter", "check", "--stack", stack.name)
    assert checked.code == 0, checked.text
    assert f"VPC endpoints of organization {ORGANIZATION}" in checked.text
    drift = stack.run("perimeter", "drift", "--stack", stack.name, "--format", "json")
    assert json.loads(drift.out)["status"] == "in-sync", drift.text

    log = tmp_path / "access.log"
    partner = line(INSIDE[0], status="200 -", requester="arn:aws:iam::999988887777:user/partner")
    log.write_bytes(partner.replace(b" example-bucket [", f" {bucket} [".encode()))
    asked = ("--stack", stack.name, "--logs", str(log), "--format", "json", *PACK)
    plan = json.loads(stack.run("perimeter", "plan", *asked).out)
    (cut_off,) = plan["callers"]["cut_off"]
    assert (cut_off["kind"], cut_off["name"]) == ("other-account", f"999988887777 from {INSIDE[0]}")

    stack("destroy", "--yes", "--skip-preview")
    assert bucket not in [each["Name"] for each in aws("s3").list_buckets()["Buckets"]]
