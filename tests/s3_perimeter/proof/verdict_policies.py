"""Policies rule by rule of semantics: what seals, what leaks and through which channel, what is unknown."""

from tests.s3_perimeter.policies import ACCOUNT, BOTH, BUCKET, LIST, ROLE, also, deny, policy

EVERY = ("public-signed", "public-anonymous", "forward-access", "vpc-endpoint", "aws-service")
PUBLIC = EVERY[:3]
SERVICES = [f"{letter}.amazonaws.com" for letter in "abcdefgh"]
MANY_SERVICES = [f"{letter}.amazonaws.com" for letter in "abcdefghijklmnop"]

SEALED = {
    "plain": policy(deny()),
    "two-statements-for-two-resources": policy(deny(Resource=BUCKET), deny(Resource=f"{BUCKET}/*")),
    "aws-star-principal": policy(deny(Principal={"AWS": "*"})),
    "any-action": policy(deny(Action="*")),
    "action-case": policy(deny(Action="S3:*")),
    "every-resource": policy(deny(Resource="*")),
    "bucket-prefix-wildcard": policy(deny(Resource="arn:aws:s3:::b*")),
    "partition-wildcard": policy(deny(Resource=["arn:*:s3:::b", "arn:*:s3:::b/*"])),
    "not-resource-elsewhere": policy(deny(Resource=None, NotResource="arn:aws:s3:::other/*")),
    "not-action-elsewhere": policy(deny(Action=None, NotAction="ec2:*")),
    "not-ip-if-exists": policy(deny({"NotIpAddressIfExists": {"aws:SourceIp": LIST}})),
    "key-case": policy(deny({"NotIpAddress": {"AWS:sourceip": LIST}})),
    "unconditional": policy(deny(Condition={})),
    "split-in-halves-and-null": policy(
        deny({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1"]}}),
        deny({"Null": {"aws:SourceIp": "true"}}),
    ),
    "narrower-list": policy(deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/25"}})),
    "complementary-keys": policy(
        deny(also(StringLike={"aws:Referer": "*a*"})), deny(also(StringNotLike={"aws:Referer": "*a*"}))
    ),
    "complementary-null": policy(
        deny(also(Null={"aws:ResourceTag/x": "true"})), deny(also(Null={"aws:ResourceTag/x": "false"}))
    ),
    "complementary-actions": policy(deny(Action="s3:Get*"), deny(Action=None, NotAction="s3:get*")),
    "complementary-principals": policy(
        deny(Principal={"AWS": [ACCOUNT, ROLE]}), deny(Principal=None, NotPrincipal={"AWS": ACCOUNT})
    ),
    "an-account-by-its-number-and-all-others-by-principal": policy(
        deny(Principal=None, NotPrincipal={"AWS": ACCOUNT}),
        deny(also(StringEquals={"aws:PrincipalAccount": ACCOUNT})),
    ),
    "complementary-numbers": policy(
        deny(also(NumericLessThanIfExists={"s3:signatureAge": "600000"})),
        deny(also(NumericGreaterThanEquals={"s3:signatureAge": "600000"})),
    ),
    "users-by-their-arn-and-others-by-their-type": policy(
        deny(also(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/*"})),
        deny(also(StringNotEquals={"aws:PrincipalType": "User"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
    ),
    "users-by-their-arn-and-others-by-what-every-signature-brings": policy(
        deny(also(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/*"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": ["false", "true"]})),
        deny(also(Null={"aws:PrincipalArn": "true"})),
    ),
    "for-buckets-of-the-account-it-is-in": policy(
        deny(also(StringEquals={"aws:ResourceAccount": ACCOUNT, "s3:ResourceAccount": ACCOUNT}))
    ),
    "null-either-way": policy(deny(also(Null={"aws:ResourceTag/x": ["true", "false"]}))),
    "date-long-past": policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}))),
    "tls-versions-and-http": policy(
        deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "1.2"})),
        deny(also(NumericLessThan={"s3:TlsVersion": "1.2"})),
        deny(also(Null={"s3:TlsVersion": "true"})),
        deny({"Bool": {"aws:SecureTransport": "false"}}),
    ),
    "tls-version-as-text-either-way": policy(
        deny(also(StringEquals={"s3:TlsVersion": "1.2"})),
        deny(also(StringNotEquals={"s3:TlsVersion": "1.2"})),
    ),
    "tls-versions-as-numbers-next-to-a-text": policy(
        deny(also(NumericLessThanIfExists={"s3:TlsVersion": "1.2"})),
        deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "1.2"}, StringLike={"aws:Referer": "a*"})),
        deny(also(NumericGreaterThanEquals={"s3:TlsVersion": "1.2"}, StringNotLike={"aws:Referer": "a*"})),
    ),
    "old-version-has-no-variables": policy(
        deny(Resource=[*BOTH, "arn:aws:s3:::b/${aws:username}/*"]), version="2008-10-17"
    ),
    "variable-next-to-everything": policy(deny(Resource=[*BOTH, "arn:aws:s3:::b/${aws:username}/*"])),
    "many-tag-keys-next-to-the-fence": policy(
        deny(), deny({"ForAnyValue:StringNotEquals": {"s3:RequestObjectTagKeys": list("abcdefgh")}})
    ),
    "many-services-either-way": policy(
        deny(also(ForAnyValue__StringNotEquals={"aws:CalledVia": SERVICES})),
        deny(also(ForAllValues__StringEquals={"aws:CalledVia": SERVICES})),
    ),
    "for-all-values-on-an-absent-key": policy(
        deny(also(ForAllValues__StringEquals={"aws:CalledVia": "x.amazonaws.com"})),
        deny(also(ForAnyValue__StringNotEquals={"aws:CalledVia": "x.amazonaws.com"})),
    ),
}

LEAKS = {
    "no-deny": (policy({**deny(), "Effect": "Allow"}), EVERY),
    "allow-with-ip-seals-nothing": (
        policy({**deny({"IpAddress": {"aws:SourceIp": LIST}}), "Effect": "Allow"}),
        EVERY,
    ),
    "wider-list": (policy(deny({"NotIpAddress": {"aws:SourceIp": ["203.0.112.0/23", *LIST]}})), PUBLIC),
    "halves-without-null": (
        policy(deny({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1", "::/0"]}})),
        EVERY[3:],
    ),
    "ipv6-forgotten": (policy(deny({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})), EVERY),
    "halves-make-the-world": (
        policy(deny({"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}})),
        PUBLIC,
    ),
    "if-exists-on-positive": (policy(deny({"IpAddressIfExists": {"aws:SourceIp": "0.0.0.0/0"}})), PUBLIC),
    "null-guard": (policy(deny(also(Null={"aws:SourceIp": "false"}))), EVERY[3:]),
    "unparsable-list": (policy(deny({"IpAddress": {"aws:SourceIp": "everything"}})), EVERY[3:]),
    "string-like-cidr": (policy(deny({"StringLike": {"aws:SourceIp": "0.0.0.0/0"}})), EVERY[3:]),
    "variable-in-resource": (policy(deny(Resource=[BUCKET, f"{BUCKET}/${{aws:username}}/*"])), EVERY),
    "a-number-past-all-counting": (
        policy(deny(also(NumericLessThan={"s3:signatureAge": "1e30"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "bucket-only": (policy(deny(Resource=BUCKET)), EVERY),
    "credentials-issued-within-the-hour": (
        policy(deny(also(DateGreaterThanIfExists={"aws:TokenIssueTime": "2026-10-31T23:00:00Z"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "a-session-exempt": (
        policy(
            deny(
                Principal=None,
                NotPrincipal={"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/ada"},
            )
        ),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "a-federated-user-exempt": (
        policy(
            deny(
                Principal=None,
                NotPrincipal={"AWS": f"arn:aws:sts::{ACCOUNT}:federated-user/ann"},
            )
        ),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "for-buckets-of-another-account": (
        policy(deny(also(StringNotEquals={"aws:ResourceAccount": ACCOUNT}))),
        EVERY,
    ),
    "objects-only": (policy(deny(Resource=f"{BUCKET}/*")), EVERY),
    "objects-of-a-prefix": (policy(deny(Resource=[BUCKET, f"{BUCKET}/a*"])), EVERY),
    "an-object-and-those-that-begin-like-it": (
        policy(deny(Resource=[BUCKET, f"{BUCKET}/x", f"{BUCKET}/x*"])),
        EVERY,
    ),
    "objects-with-the-longest-keys": (
        policy(deny(Resource=BUCKET), deny(Resource=None, NotResource=[BUCKET, f"{BUCKET}/{'?' * 1_024}*"])),
        EVERY,
    ),
    "objects-of-two-characters": (policy(deny(Resource=[BUCKET, f"{BUCKET}/??*"])), EVERY),
    "resource-case": (policy(deny(Resource=["arn:aws:s3:::B", "arn:aws:s3:::B/*"])), EVERY),
    "resource-with-region": (
        policy(deny(Resource=["arn:aws:s3:eu-west-1::b", "arn:aws:s3:eu-west-1::b/*"])),
        EVERY,
    ),
    "resource-other-partition": (policy(deny(Resource=["arn:aws-cn:s3:::b", "arn:aws-cn:s3:::b/*"])), EVERY),
    "not-resource-exempts-one": (policy(deny(Resource=None, NotResource=f"{BUCKET}/public/*")), EVERY),
    "one-action": (policy(deny(Action="s3:GetObject")), EVERY),
    "actions-of-today": (policy(deny(Action=["s3:Get*", "s3:Put*", "s3:List*", "s3:Delete*"])), EVERY),
    "not-action-exempts-one": (policy(deny(Action=None, NotAction="s3:GetBucketLocation")), EVERY),
    "not-action-exempts-one-to-come": (policy(deny(Action=None, NotAction="s3:BrandNew")), EVERY),
    "not-action-exempts-objects-actions-on-the-bucket": (
        policy(deny(Action=None, NotAction="s3:PutObject*"), deny(Resource=f"{BUCKET}/*")),
        EVERY,
    ),
    "not-action-exempts-one-on-some-objects": (
        policy(
            deny(Action=None, NotAction="s3:GetObject"),
            deny(Action="s3:GetObject", Resource=None, NotResource=f"{BUCKET}/public/*"),
        ),
        EVERY,
    ),
    "action-question-mark": (policy(deny(Action="s3:?????*")), EVERY),
    "principal-account": (policy(deny(Principal={"AWS": ACCOUNT})), EVERY),
    "principal-root": (policy(deny(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})), EVERY),
    "principal-empty": (policy(deny(Principal={"AWS": []})), EVERY),
    "principal-service": (policy(deny(Principal={"Service": "s3.amazonaws.com"})), EVERY),
    "not-principal-account": (
        policy(deny(Principal=None, NotPrincipal={"AWS": ACCOUNT})),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "not-principal-role-covers-its-sessions": (
        policy(deny(Principal=None, NotPrincipal={"AWS": ROLE})),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "via-service": (policy(deny(also(Bool={"aws:ViaAWSService": "false"}))), ("forward-access",)),
    "via-service-if-exists": (
        policy(deny(also(BoolIfExists={"aws:ViaAWSService": "false"}))),
        ("forward-access",),
    ),
    "bool-on-absent-lets-the-anonymous-out": (
        policy(deny(also(Bool={"aws:PrincipalIsAWSService": "false"}))),
        ("public-anonymous", "vpc-endpoint", "aws-service"),
    ),
    "bool-if-exists-lets-services-out": (
        policy(deny(also(BoolIfExists={"aws:PrincipalIsAWSService": "false"}))),
        ("aws-service",),
    ),
    "referer": (policy(deny(also(StringNotLike={"aws:Referer": "https://example.com/*"}))), EVERY),
    "user-agent": (policy(deny(also(StringNotEquals={"aws:UserAgent": "secret"}))), EVERY),
    "user-agent-in-any-case": (
        policy(deny(also(StringNotEqualsIgnoreCase={"aws:UserAgent": "secret"}))),
        EVERY,
    ),
    "user-agent-beyond-ascii": (policy(deny(also(StringNotEquals={"aws:UserAgent": "größe"}))), EVERY),
    "mfa": (
        policy(deny(also(BoolIfExists={"aws:MultiFactorAuthPresent": "false"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "mfa-without-if-exists": (policy(deny(also(Bool={"aws:MultiFactorAuthPresent": "false"}))), EVERY),
    "auth-type": (
        policy(deny(also(StringNotEquals={"s3:authType": "REST-QUERY-STRING"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "one-number": (
        policy(deny(also(NumericNotEquals={"s3:signatureAge": "600000"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "one-number-unnamed-between-two": (
        policy(
            deny(also(NumericLessThanEqualsIfExists={"s3:signatureAge": "600000"})),
            deny(also(NumericGreaterThanEquals={"s3:signatureAge": "600002"})),
        ),
        ("public-signed", "vpc-endpoint"),
    ),
    "no-number-but-zero": (
        policy(deny(also(NumericGreaterThanEqualsIfExists={"s3:signatureAge": "1"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "the-largest-number-that-is-likely": (
        policy(deny(also(NumericLessThanIfExists={"s3:signatureAge": "2147483647"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "below-a-number-that-is-none": (
        policy(deny(also(NumericLessThanIfExists={"s3:signatureAge": "soon"}))),
        ("public-signed", "vpc-endpoint"),
    ),
    "one-number-between-two": (
        policy(
            deny(also(NumericLessThanIfExists={"s3:signatureAge": "600000"})),
            deny(also(NumericGreaterThan={"s3:signatureAge": "600001"})),
            deny(also(NumericEquals={"s3:signatureAge": "600000"})),
        ),
        ("public-signed", "vpc-endpoint"),
    ),
    "acl-header": (policy(deny(also(StringNotEquals={"s3:x-amz-acl": "private"}))), EVERY),
    "prefix": (policy(deny(also(StringNotLike={"s3:prefix": "public/*"}))), EVERY),
    "vpc-endpoint-undeclared": (
        policy(deny(also(StringNotEquals={"aws:SourceVpce": "vpce-1"}))),
        ("vpc-endpoint",),
    ),
    "vpc-instead-of-endpoint": (
        policy(deny(also(StringNotEquals={"aws:SourceVpc": "vpc-1"}))),
        ("vpc-endpoint",),
    ),
    "positive-vpc-condition": (
        policy(deny({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})),
        ("vpc-endpoint",),
    ),
    "principal-arn-undeclared": (
        policy(deny(also(ArnNotEquals={"aws:PrincipalArn": ROLE}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "principal-arn-if-exists": (
        policy(deny(also(ArnNotLikeIfExists={"aws:PrincipalArn": "arn:aws:iam::*:role/*"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "principal-arn-positive": (
        policy(deny(also(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:*"}))),
        ("public-signed", "public-anonymous", "forward-access", "vpc-endpoint", "aws-service"),
    ),
    "org": (
        policy(deny(also(StringNotEquals={"aws:PrincipalOrgID": "o-abc"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "tag": (
        policy(deny(also(StringNotEquals={"aws:PrincipalTag/team": "ops"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "user-name": (
        policy(deny(also(StringNotLike={"aws:username": "admin-*"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "user-name-below-a-longer-path": (
        policy(
            deny(also(StringNotEquals={"aws:username": "ann"})),
            deny(
                also(ArnLike={"aws:PrincipalArn": ["arn:aws:iam::*:user/ann", "arn:aws:iam::*:user/?/ann"]})
            ),
        ),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "account-not-a-person": (
        policy(deny(also(StringNotEquals={"aws:PrincipalAccount": ACCOUNT}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "plain-http-only": (policy(deny(also(Bool={"aws:SecureTransport": "false"}))), EVERY),
    "https-only": (policy(deny(also(Bool={"aws:SecureTransport": "true"}))), EVERY),
    "tls-deny-is-no-perimeter": (policy(deny({"Bool": {"aws:SecureTransport": "false"}})), EVERY),
    "old-tls-only": (policy(deny(also(NumericLessThan={"s3:TlsVersion": "1.3"}))), EVERY),
    "all-tls-but-one-version": (policy(deny(also(NumericNotEquals={"s3:TlsVersion": "1.2"}))), EVERY),
    "date-to-come": (policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"}))), EVERY),
    "date-that-passes": (policy(deny(also(DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"}))), EVERY),
    "epoch-that-passes": (policy(deny(also(NumericLessThan={"aws:EpochTime": "1900000000"}))), EVERY),
    "until-the-next-second": (
        policy(deny(also(DateGreaterThan={"aws:CurrentTime": "2026-11-01T00:00:00Z"}))),
        EVERY,
    ),
    "until-the-last-second-of-the-calendar": (
        policy(deny(also(DateLessThanEquals={"aws:CurrentTime": "9999-12-31T23:59:59Z"}))),
        EVERY,
    ),
    "a-session-name-of-two-characters": (
        policy(deny(also(StringNotLike={"aws:userid": "AROA*:??"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "one-second-between-two-windows": (
        policy(
            deny(also(DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"})),
            deny(also(DateGreaterThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"})),
        ),
        EVERY,
    ),
    "for-any-value-on-an-absent-key": (
        policy(deny(also(ForAnyValue__StringNotEquals={"aws:CalledVia": "x.amazonaws.com"}))),
        EVERY,
    ),
    "source-arn": (policy(deny(also(ArnNotEquals={"aws:SourceArn": "arn:aws:s3:::src"}))), ("aws-service",)),
    "two-values-at-once": (
        policy(
            deny(also(ForAllValues__StringEquals={"aws:CalledVia": "a.amazonaws.com"})),
            deny(also(ForAllValues__StringEquals={"aws:CalledVia": "b.amazonaws.com"})),
            deny(
                also(ForAnyValue__StringNotEquals={"aws:CalledVia": ["a.amazonaws.com", "b.amazonaws.com"]})
            ),
        ),
        ("forward-access",),
    ),
    "one-of-too-many-services": (
        policy(*(deny(also(ForAllValues__StringEquals={"aws:CalledVia": name})) for name in MANY_SERVICES)),
        ("forward-access",),
    ),
    "a-session-as-old-as-can-be": (
        policy(deny(also(DateGreaterThanIfExists={"aws:TokenIssueTime": "2026-10-30T12:00:00Z"}))),
        ("public-signed", "forward-access", "vpc-endpoint"),
    ),
    "escaped-star": (policy(deny(Resource=[BUCKET, "arn:aws:s3:::${*}/*", f"{BUCKET}/${{*}}"])), EVERY),
    "access-point": (
        policy(deny(also(StringNotEquals={"s3:DataAccessPointAccount": ACCOUNT}))),
        EVERY,
    ),
}

UNKNOWN = {
    "not-principal-empty": policy(deny(Principal=None, NotPrincipal={"AWS": []})),
    "string-operator-never-equals-a-cidr": policy(deny({"StringNotEquals": {"aws:SourceIp": LIST}})),
    "string-like-on-dotted-text": policy(deny({"StringNotLike": {"aws:SourceIp": "203.0.113.*"}})),
    "unparsable-next-to-the-list": policy(deny({"NotIpAddress": {"aws:SourceIp": [*LIST, "office"]}})),
    "no-user-id-is-one-character": policy(
        deny(also(StringNotLike={"aws:userid": "?"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
    ),
    "resource-empty": policy(deny(Resource=[])),
    "variable-in-value": policy(deny(also(StringNotEquals={"aws:PrincipalTag/a": "${aws:username}"}))),
    "unheard-of-key": policy(deny(also(StringNotEquals={"s3:NeverHeardOf": "x"}))),
    "resource-tag": policy(deny(also(StringNotEquals={"aws:ResourceTag/x": "y"}))),
    "region": policy(deny(also(StringEquals={"aws:RequestedRegion": "eu-west-1"}))),
    "canonical-user": policy(deny(Principal=None, NotPrincipal={"CanonicalUser": "79a5"})),
    "wildcard-in-a-service": policy(deny(Principal=None, NotPrincipal={"Service": "*.amazonaws.com"})),
    "wildcard-inside-a-principal": policy(
        deny(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::1:role/*"})
    ),
    "set-operator-missing": policy(deny(also(StringNotEquals={"aws:PrincipalOrgPaths": "o-a/*"}))),
    "numeric-operator-on-text": policy(deny(also(NumericNotEquals={"aws:Referer": "5"}))),
    "short-arn-pattern": policy(deny(also(ArnNotLike={"aws:SourceArn": "arn:aws"}))),
    "a-version-as-text-and-as-a-number": policy(
        deny(also(StringNotLike={"s3:TlsVersion": "1.*"})),
        deny(also(NumericLessThanEquals={"s3:TlsVersion": "1.4"})),
    ),
    "variable-as-a-boolean": policy(deny(also(Bool={"aws:SecureTransport": "${aws:SecureTransport}"}))),
    "null-neither-way": policy(deny(also(Null={"aws:Referer": "maybe"}))),
    "case-beyond-ascii": policy(deny(also(StringNotEqualsIgnoreCase={"aws:Referer": "größe"}))),
    "ipv6-as-text": policy(deny({"StringNotLike": {"aws:SourceIp": ["203.0.113.*", "2001:db8:1234:*"]}})),
}


DOUBTFUL = {
    "an-identity-that-cloudfront-may-not-show": policy(
        deny(also(Null={"aws:PrincipalArn": "false"})),
        deny(also(StringEquals={"aws:PrincipalAccount": "anonymous"})),
        deny(also(Bool={"aws:PrincipalIsAWSService": "true"})),
    ),
    "an-address-that-forward-access-may-lack": policy(
        deny(also(Null={"aws:SourceIp": "false"})),
        deny({"Null": {"aws:SourceIp": "true"}, "Bool": {"aws:ViaAWSService": "false"}}),
    ),
    "cloudfront-alone-may-not-say-that-it-is-no-service": policy(
        deny(also(Bool={"aws:PrincipalIsAWSService": ["false", "true"]})),
        deny(also(StringNotEquals={"aws:PrincipalType": "User"})),
        deny(also(Bool={"aws:ViaAWSService": "true"})),
        deny({"Null": {"aws:SourceIp": "true"}}),
    ),
    "two-of-too-many-services": policy(
        *(deny(also(ForAllValues__StringEquals={"aws:CalledVia": name})) for name in MANY_SERVICES),
        deny(also(ForAnyValue__StringNotEquals={"aws:CalledVia": MANY_SERVICES})),
    ),
    "credentials-issued-within-a-second": policy(
        deny(also(DateLessThanEqualsIfExists={"aws:TokenIssueTime": "2030-01-01T00:00:00Z"})),
        deny(also(DateGreaterThanEquals={"aws:TokenIssueTime": "2030-01-01T00:00:01Z"})),
    ),
    "root-by-its-user-id": policy(deny(also(StringNotEquals={"aws:userid": ACCOUNT}))),
    "between-two-moments-of-one-second": policy(
        deny(also(DateLessThanEquals={"aws:CurrentTime": "2030-01-01T00:00:00.2Z"})),
        deny(also(DateGreaterThanEquals={"aws:CurrentTime": "2030-01-01T00:00:00.4Z"})),
    ),
    "credentials-issued-years-ago": policy(
        deny(also(DateGreaterThanIfExists={"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}))
    ),
}
"""Nobody is known to get past these, and that is all: no documentation says that nobody does."""
