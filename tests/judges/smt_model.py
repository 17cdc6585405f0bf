"""The variables of a request in SMT-LIB, each with what holds of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

SIGNED, ANONYMOUS, FORWARDED, ENDPOINT, SERVICE = range(5)
OWNER = "111122223333"
OF_BUCKET = (
    *("listbucket", "listbucketversions", "getbucketpolicy", "putbucketpolicy", "deletebucketpolicy"),
    *("getbuckettagging", "getbucketacl", "putbucketacl"),
)
OF_OBJECTS = ("getobject", "putobject", "getobjecttagging", "putobjectacl", "deleteobject")
ACTIONS = (*OF_BUCKET, *OF_OBJECTS, "somethingnew")
NAME = '(re.+ (re.union (re.range "a" "z") (re.range "A" "Z") (re.range "0" "9") (str.to_re "-")))'
ACCOUNT = '((_ re.loop 12 12) (re.range "0" "9"))'


def _shape(*parts: str) -> str:
    """A text of literal parts and expressions."""
    texts = (part if part.startswith("(") else f'(str.to_re "{part}")' for part in parts)
    return f"(re.++ {' '.join(texts)})"


ARNS = {
    "Account": _shape("arn:aws:iam::", ACCOUNT, ":root"),
    "User": _shape("arn:aws:iam::", ACCOUNT, ":user/", NAME),
    "FederatedUser": _shape("arn:aws:sts::", ACCOUNT, ":federated-user/", NAME),
    "AssumedRole": "(re.union "
    + _shape("arn:aws:iam::", ACCOUNT, ":role/", NAME)
    + _shape("arn:aws:sts::", ACCOUNT, ":assumed-role/aws:ec2-instance/i-", NAME)
    + ")",
}
USER_IDS = {
    "User": _shape("AIDA", NAME),
    "AssumedRole": "re.all",
    "FederatedUser": _shape(ACCOUNT, ":", NAME),
    "Account": ACCOUNT,
}
"""Of roles "this value format can vary"."""
ROLES = {
    "arn": _shape("arn:aws:iam::", ACCOUNT, ":role/", NAME),
    "userid": _shape("AROA", NAME, ":", NAME),
}
DOCUMENTED = {
    name: f'(=> (and signed (= ptype "AssumedRole")) (str.in_re {name} {form}))'
    for name, form in ROLES.items()
} | {f"has_{header}": f'(=> (= action "s3:somethingnew") (not has_{header}))' for header in ("acl", "prefix")}
"""What is documented: not what the ARN of an EC2 instance's own role looks like in this key, nor what an
action that does not exist yet takes.
"""

_OF = {
    "acl": ("putobject", "putobjectacl", "putbucketacl", "somethingnew"),
    "prefix": ("listbucket", "listbucketversions", "somethingnew"),
}
DECLARATIONS = {
    "ch": "(declare-const ch Int) (assert (and (<= 0 ch) (<= ch 4)))",
    "anon": f"(declare-const anon Bool) (assert (=> anon (or (= ch {ANONYMOUS}) (= ch {ENDPOINT})))) "
    f"(assert (=> (= ch {ANONYMOUS}) anon))",
    "signed": f"(define-fun signed () Bool (and (not anon) (distinct ch {SERVICE})))",
    "has_ip": f"(define-fun has_ip () Bool (or (= ch {SIGNED}) (= ch {ANONYMOUS}) (= ch {FORWARDED})))",
    "v6": "(declare-const v6 Bool)",
    "ip": "(declare-const ip (_ BitVec 128)) "
    "(assert (=> (not v6) (bvult ip (bvshl (_ bv1 128) (_ bv32 128))))) "
    "(assert (=> v6 (not (= ((_ extract 127 32) ip) #x00000000000000000000ffff))))",
    "secure": "(declare-const secure Bool)",
    "has_tls": "(declare-const has_tls Bool) (assert (=> has_tls secure))",
    "tls": "(declare-const tls Int) (assert (and (<= 10 tls) (<= tls 13)))",
    "now": "(declare-const now Int)",
    "has_mfa": "(declare-const has_mfa Bool) (assert (=> has_mfa signed))",
    "mfa": "(declare-const mfa Bool)",
    "ptype": '(declare-const ptype String) (assert (=> anon (= ptype "Anonymous"))) (assert (=> signed (or '
    + " ".join(f'(= ptype "{kind}")' for kind in ARNS)
    + ")))",
    "arn": "(declare-const arn String) "
    + " ".join(
        f'(assert (=> (and signed (= ptype "{kind}")) (str.in_re arn {form})))' for kind, form in ARNS.items()
    ),
    "userid": '(declare-const userid String) (assert (=> anon (= userid "anonymous"))) '
    + " ".join(
        f'(assert (=> (and signed (= ptype "{kind}")) (str.in_re userid {form})))'
        for kind, form in USER_IDS.items()
    ),
    "service": "(declare-const service String) (assert (str.in_re service (re.++ "
    f'{NAME} (re.* (re.++ (str.to_re ".") {NAME})) (str.to_re ".amazonaws.com"))))',
    "vpce": "(declare-const vpce String) (assert (str.in_re vpce (re.++ "
    '(str.to_re "vpce-") (re.+ (re.union (re.range "0" "9") (re.range "a" "f"))))))',
    "has_referer": "(declare-const has_referer Bool)",
    "referer": "(declare-const referer String)",
    "action": "(declare-const action String) (assert (or "
    + " ".join(f'(= action "s3:{name}")' for name in ACTIONS)
    + "))",
    "acl": "(declare-const acl String)",
    "prefix": "(declare-const prefix String)",
    **{
        f"has_{header}": f"(declare-const has_{header} Bool) (assert (=> has_{header} (or "
        + " ".join(f'(= action "s3:{name}")' for name in names)
        + ")))"
        for header, names in _OF.items()
    },
    "resource": "(declare-const resource String)",
}
"""Each variable with what holds of it. A question declares what it mentions."""


def declared(formulas: Sequence[str]) -> list[str]:
    """The declarations of everything that formulas mention, each after those that it rests on itself."""
    found: dict[str, None] = {}

    def add(text: str) -> None:
        for name in dict.fromkeys(re.findall(r"[a-z][a-z0-9_]*", re.sub(r'"[^"]*"', "", text))):
            if name in DECLARATIONS and name not in found:
                found[name] = None
                add(DECLARATIONS[name].replace(f"declare-const {name} ", ""))
                found[name] = found.pop(name)

    for formula in formulas:
        add(formula)
    return [DECLARATIONS[name] for name in found]


STRINGS = {
    "aws:principalarn": ("arn", "signed"),
    "aws:principaltype": ("ptype", f"(distinct ch {SERVICE})"),
    "aws:userid": ("userid", f"(distinct ch {SERVICE})"),
    "aws:principalservicename": ("service", f"(= ch {SERVICE})"),
    "aws:sourcevpce": ("vpce", f"(= ch {ENDPOINT})"),
    "aws:referer": ("referer", "has_referer"),
    "s3:x-amz-acl": ("acl", "has_acl"),
    "s3:prefix": ("prefix", "has_prefix"),
    # Of no request to a bucket that exists.
    "s3:locationconstraint": ('""', "false"),
    "s3:x-amz-bucket-namespace": ('""', "false"),
}
BOOLEANS = {
    "aws:securetransport": ("secure", "true"),
    "aws:viaawsservice": (f"(= ch {FORWARDED})", "true"),
    "aws:principalisawsservice": (f"(= ch {SERVICE})", "(not anon)"),
    "aws:multifactorauthpresent": ("mfa", "has_mfa"),
}
"""Each key's value, and whether the request has it."""
