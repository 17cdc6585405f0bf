"""no-website-or-public-acl: start compliant, break exactly one thing, expect exactly one message."""

from __future__ import annotations

import pytest

from policies.rules import no_website_or_public_acl
from tests.policies.engine import UNKNOWN, Res, judge
from tests.policies.programs import NAME, bucket, native_bucket, part

RULE = no_website_or_public_acl.judge

OWNER_GRANT = {"grants": [{"type": "CanonicalUser", "permissions": ["FULL_CONTROL"]}]}


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param([bucket()], id="plain"),
        pytest.param([bucket(acl="private")], id="inline-private"),
        pytest.param([bucket(), part("BucketAcl", acl="private")], id="part-private"),
        pytest.param([bucket(), part("BucketObjectv2", key="a")], id="object"),
        pytest.param(
            [Res("aws:s3/bucket:Bucket", NAME, {}, {"bucket": NAME, **OWNER_GRANT}, left_alone=True)],
            id="owner-grant-of-a-bucket-left-alone",
        ),
    ],
)
def test_accepts(resources: list[Res]) -> None:
    """No website and no ACL beyond the owner's is compliant."""
    assert judge([RULE], resources) == []


@pytest.mark.parametrize(
    ("resources", "reason"),
    [
        pytest.param([bucket(acl="public-read")], "`public-read`", id="inline-acl"),
        pytest.param([bucket(acl=UNKNOWN)], "ACL is not known", id="inline-unknown"),
        pytest.param([bucket(acl="log-delivery-write")], "`log-delivery-write`", id="log-delivery-group"),
        pytest.param([bucket(grants=[{"uri": "…/AllUsers"}])], "grants", id="inline-grants"),
        pytest.param([bucket(grants=UNKNOWN)], "grants are not known", id="grants-unknown"),
        pytest.param([bucket(website={"indexDocument": "index.html"})], "website", id="inline-website"),
        pytest.param([bucket(website=UNKNOWN)], "website", id="website-unknown"),
        pytest.param(
            [native_bucket(websiteConfiguration={"indexDocument": "i"})], "website", id="native-website"
        ),
        pytest.param([native_bucket(accessControl="PublicRead")], "`PublicRead`", id="native-acl"),
        pytest.param(
            [bucket(), part("BucketAcl", acl="authenticated-read")], "`authenticated-read`", id="acl"
        ),
        pytest.param(
            [bucket(), part("BucketAclV2", accessControlPolicy={"grants": []})], "grants", id="policy"
        ),
        pytest.param(
            [bucket(), part("BucketWebsiteConfiguration", indexDocument={"suffix": "i"})],
            "website",
            id="website",
        ),
        pytest.param([bucket(), part("BucketObject", key="a", acl="public-read")], "object", id="object-acl"),
    ],
)
def test_refuses(resources: list[Res], reason: str) -> None:
    """Anything else is one violation that names the bucket and the reason."""
    (found,) = judge([RULE], resources)
    assert f"`{NAME}`" in found.message
    assert reason in found.message
