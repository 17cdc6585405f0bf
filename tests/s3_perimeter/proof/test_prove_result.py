"""What a proof says of itself: the JSON that scripts rely on, and a witness as people read it."""

from __future__ import annotations

from s3_perimeter import Channel, DeadAllow, Lockout, Principal, Proof, Verdict, Witness, arriving
from s3_perimeter.proof.result import Job
from tests.s3_perimeter.policies import ACCOUNT, BUCKET, NOW

USER = f"arn:aws:iam::{ACCOUNT}:user/ann"


def witness() -> Witness:
    """A request with a key of every kind: known, with a name of its own after a slash, and unheard of."""
    keys: dict[str, str | tuple[str, ...]] = {
        "AWS:PrincipalTag/Team": "x",
        "s3:NeverHeardOf/At": "y",
        "aws:TagKeys": ("a", "b"),
    }
    request = arriving(
        Channel.PUBLIC_SIGNED, Principal.of_arn(USER), "s3:GetObject", f"{BUCKET}/key", context=keys
    )
    return Witness(Channel.PUBLIC_SIGNED, request, "a reason", "a remedy")


def test_a_witness_s_context_is_in_aws_s_spelling() -> None:
    """What follows the slash of a tag's key is the tag; a key that nobody knows is shown as it came."""
    context = witness().context
    assert context["aws:PrincipalTag/team"] == "x"
    assert context["s3:neverheardof/at"] == "y"
    assert context["aws:TagKeys"] == ["a", "b"]
    assert context["aws:SecureTransport"] == "true"


def test_the_json_of_a_proof_holds_all_of_it() -> None:
    """What is not modelled and what is not decided are one list there."""
    proof = Proof(
        Verdict.ESCAPE,
        (witness(),),
        (Lockout(("203.0.113.0/24",), "why", (Job.READ,), "somebody", NOW, None, "change it"),),
        ("root",),
        ("a key",),
        ("a way",),
        (DeadAllow(1, "Cdn", 7, "CloudFront", "denied", "take it out"),),
    )
    assert proof.as_json() == {
        "verdict": "escape",
        "escapes": [
            {
                "channel": "public-signed",
                "principal": USER,
                "action": "s3:GetObject",
                "resource": f"{BUCKET}/key",
                "source_ip": None,
                "context": witness().context,
                "because": "a reason",
                "fix": "a remedy",
            }
        ],
        "lockouts": [
            {
                "networks": ["203.0.113.0/24"],
                "because": "why",
                "whom": "somebody",
                "jobs": ["read objects"],
                "since": "2026-11-01T00:00:00Z",
                "until": None,
                "fix": "change it",
            }
        ],
        "dead_allows": [
            {
                "statement": 2,
                "sid": "Cdn",
                "line": 7,
                "whom": "CloudFront",
                "because": "denied",
                "fix": "take it out",
            }
        ],
        "residual": ["root"],
        "unmodelled": ["a key", "a way"],
    }
