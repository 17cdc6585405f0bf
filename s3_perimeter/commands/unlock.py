"""`perimeter unlock`: how to regain access after a lock-out."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from s3_perimeter.options.stack import add_stack_arguments
from s3_perimeter.reporting.output import as_json, print_result
from s3_perimeter.stack.deployed import Stack, read_stack

__all__ = ["Way", "configure", "run", "ways_back"]

EPILOG = """\
The command only prints what to do. It makes no AWS call, so it works from outside the allow-list. Exit code 2
means that the stack could not be read.

example:
  perimeter unlock --stack dev
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way back: who can go it, and the commands, in order."""

    who: str
    why: str
    commands: tuple[str, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = EPILOG
    add_stack_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace) -> int:
    """Print every way back into the stack's bucket, the gentlest first."""
    stack = read_stack(arguments.stack, directory=arguments.cwd, config_needed=False)
    ways = ways_back(stack)
    if arguments.format == "json":
        found = {
            "stack": stack.name,
            "bucket": stack.bucket,
            "account": stack.account,
            "ways": [{"who": way.who, "why": way.why, "commands": list(way.commands)} for way in ways],
            "pending": list(stack.pending),
        }
        print_result(as_json(found), "json")
        return 0
    lines = [f"Ways to regain access to {stack.bucket} (account {stack.account}), the least drastic first:"]
    for number, way in enumerate(ways, start=1):
        lines += ["", f"{number}. {way.who}: {way.why}", *(f"     {command}" for command in way.commands)]
    if stack.pending:
        lines += [
            "",
            f"The last deployment was interrupted ({', '.join(stack.pending)}): AWS may or may not have "
            "done that. The above is based on the state; `pulumi up --refresh` reads AWS again.",
        ]
    print_result("\n".join(lines))
    return 0


def ways_back(stack: Stack) -> list[Way]:
    """Return every way back in, the gentlest first: from an allowed address, by break-glass, by the account's
    root.

    All of it is read from the state, the deployed policy first: what the config says by now may never have
    been deployed.
    """
    fix = (
        f'perimeter my-ip --stack {stack.reference} --add "who this is"',
        f"perimeter plan --stack {stack.reference}",
        f"pulumi up --stack {stack.reference}",
    )
    return [
        _from_inside(stack, fix),
        *(
            Way(
                principal,
                "a break-glass principal, who is exempt from the fence",
                (_take_on(principal), *fix),
            )
            for principal in _break_glass(stack)
        ),
        Way(
            "the root user of the account",
            "root can delete a bucket policy whatever it says (Amazon S3 User Guide, DeleteBucketPolicy); "
            "until the `up`, IAM permissions alone protect the bucket",
            (
                f"aws s3api delete-bucket-policy --bucket {stack.bucket} --expected-bucket-owner "
                f"{stack.account}",
                fix[0],
                f"pulumi up --refresh --stack {stack.reference}",
            ),
        ),
        Way(
            "the management account of the organization, or a delegated administrator for root sessions",
            "`sts:AssumeRoot` with the task policy `S3UnlockBucketPolicy` gives a root session that can do "
            "this and nothing else, also where member accounts have no root credentials",
            (
                f"aws sts assume-root --target-principal {stack.account} --duration-seconds 900 "
                f"--task-policy-arn"
                f" arn={_stack_arn(stack)}:iam::aws:policy/root-task/S3UnlockBucketPolicy",
                "then, with the credentials that it prints, as root above",
            ),
        ),
    ]


def _break_glass(stack: Stack) -> list[str]:
    """Return the principals whom the deployed policy exempts; what the config names where none is in the
    state.
    """
    if stack.reach is not None:
        return [one.name for one in stack.reach.exempted() if one.kind == "break-glass"]
    named = stack.config.get("breakGlassPrincipals")
    return [str(principal) for principal in named] if isinstance(named, list) else []


def _from_inside(stack: Stack, fix: tuple[str, ...]) -> Way:
    """Return the way of those whom the deployed policy does not hold, as the state has it."""
    who = "anybody at an allowed address"
    if stack.policy is None and not stack.allowed_networks:
        declared = stack.state.of("s3/bucketPolicy")
        if any(each.text("bucket") == stack.bucket for each in declared):
            why = "the deployed policy is a secret in the state: see `allowedNetworks` in the config"
            return Way(who, why, fix)
        return Way(
            "anybody with permission by IAM",
            "the state contains no bucket policy of this stack, so it locks nobody out",
            fix,
        )
    if stack.policy is not None and stack.reach is None:
        return Way(who, "the deployed policy cannot be read, so whom it allows is not known", fix)
    allowed = ", ".join(stack.reach.allowed().cidrs() if stack.reach else stack.allowed_networks)
    doubts = "; ".join(stack.reach.doubts()) if stack.reach else ""
    others = f"; from other addresses it is not decided: {doubts}" if doubts else ""
    if not allowed:
        why = others.removeprefix("; ") or "the deployed policy allows no address at all"
        return Way(who, f"{why}: use one of the other ways", fix)
    return Way(who, f"the fence allows {allowed}: use one of these networks, or its VPN{others}", fix)


def _stack_arn(stack: Stack) -> str:
    """Return the beginning of ARNs in the stack's partition."""
    return f"arn:{stack.partition}"


def _take_on(principal: str) -> str:
    """Return the command with which to become a break-glass principal."""
    if ":role/" in principal:
        return f"aws sts assume-role --role-arn {principal} --role-session-name unlock"
    return f"export AWS_PROFILE=…   # the profile of {principal.rpartition('/')[2]}"
