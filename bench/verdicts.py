"""`python -m bench.verdicts FILE`: record what the prover says of every policy at hand.

FILE gets one JSON line a policy: the corpus, the policies of the tests' tables and generated ones, each with
its perimeter, verdict, leaking channels and lock-outs. `--inputs OLD` judges the policies of an older record
again, so that two checkouts judge the same ones; `--compare OLD NEW` prints what differs, exit code 1 if
something does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from s3_perimeter import AddressSet, Perimeter, PolicyDocument, PolicyError, compare, prove

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACCOUNT = "111122223333"
BUCKET = "arn:aws:s3:::b"
LIST = ("203.0.113.0/24", "2001:db8:1234::/48")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/break-glass"
ANSWERS = ("verdict", "channels", "lockouts", "equal")


@dataclass(frozen=True, slots=True)
class Case:
    """One policy and the perimeter that it is judged by; `old` is a policy to compare it with."""

    name: str
    policy: str
    bucket: str = "b"
    allowed: tuple[str, ...] = LIST
    partition: str = "aws"
    vpc_endpoints: tuple[str, ...] = ()
    break_glass: tuple[str, ...] = ()
    trust_aws_services: bool = False
    old: str | None = None

    def judged(self) -> dict[str, Any]:
        """Return the answers: verdict, leaking channels, locked-out networks, and whether it equals `old`."""
        try:
            document = PolicyDocument.parse(self.policy)
        except PolicyError:
            return {"verdict": "refused"}
        perimeter = Perimeter(
            self.bucket,
            AddressSet.parse(self.allowed),
            account=ACCOUNT,
            partition=self.partition,
            vpc_endpoints=self.vpc_endpoints,
            break_glass=self.break_glass,
            trust_aws_services=self.trust_aws_services,
        )
        try:
            proof = prove(document, perimeter, now=NOW)
        except ValueError as error:
            return {"verdict": "refused", "error": str(error)}
        locked_out = AddressSet.parse(net for lockout in proof.lockouts for net in lockout.networks)
        found: dict[str, Any] = {
            "verdict": str(proof.verdict),
            "channels": [str(witness.channel) for witness in proof.escapes],
            "lockouts": list(locked_out.cidrs()),
        }
        if self.old is not None:
            change = compare(PolicyDocument.parse(self.old), document, bucket=self.bucket, account=ACCOUNT)
            found["equal"] = None if change.undecided else change.equal
        return found


def cases(generated: int) -> Iterator[Case]:
    """Yield every available policy, in the same order each time."""
    yield from _of_the_corpus()
    yield from _of_the_tests()
    chance = Random(20261123)
    for number in range(generated):
        yield _generated(f"generated/{number:05}", chance)


def _of_the_corpus() -> Iterator[Case]:
    """Yield each real policy with the networks that it names, and with some that it does not name."""
    from tests.corpus.corpus import corpus
    from tests.corpus.meant import meant

    for entry in corpus():
        both = meant(entry)
        if both is None:
            continue
        _, perimeter = both
        own = perimeter.allowed.cidrs()
        yield Case(f"corpus/{entry.file}/own", entry.text, perimeter.bucket, own)
        named = re.search(r"arn:(aws[a-z-]*):s3:::([^/*?$\"\\]+)", entry.text)
        partition, bucket = (named[1], named[2]) if named else ("aws", "b")
        yield Case(f"corpus/{entry.file}/other", entry.text, bucket, LIST, partition)


def _of_the_tests() -> Iterator[Case]:
    """Yield the policies of the tests' tables."""
    from tests.s3_perimeter.proof import subtle_policies, test_attacks, verdict_policies

    for module in (subtle_policies, verdict_policies, test_attacks):
        for table, rows in sorted(vars(module).items()):
            if not (table.isupper() and isinstance(rows, dict)):
                continue
            for name, row in rows.items():
                for at, text in enumerate(_policies_in(row)):
                    yield Case(f"{module.__name__.rpartition('.')[2]}/{table}/{name}/{at}", text)


def _policies_in(row: object) -> list[str]:
    """Return the policies of a row, whatever else it contains."""
    if isinstance(row, PolicyDocument):
        return [row.text]
    if isinstance(row, list) and row and all(isinstance(each, dict) and "Effect" in each for each in row):
        return [json.dumps({"Version": "2012-10-17", "Statement": row})]
    if isinstance(row, (list, tuple)):
        return [text for each in row for text in _policies_in(each)]
    return []


def _generated(name: str, chance: Random) -> Case:
    """Return a policy of one to three Denies, most of them weakened, sometimes with exemptions."""
    statements = [_statement(chance) for _ in range(chance.choice((1, 1, 2, 2, 3)))]
    before = statements[:-1] or [_statement(chance)]
    return Case(
        name,
        json.dumps({"Version": "2012-10-17", "Statement": statements}),
        vpc_endpoints=("vpce-0a1b2c3d",) if chance.random() < 0.2 else (),
        break_glass=(ROLE,) if chance.random() < 0.2 else (),
        trust_aws_services=chance.random() < 0.2,
        old=json.dumps({"Version": "2012-10-17", "Statement": before}),
    )


def _statement(chance: Random) -> dict[str, Any]:
    """Return a Deny of requests from outside, with up to two changes."""
    statement: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [BUCKET, f"{BUCKET}/*"],
        "Condition": {"NotIpAddress": {"aws:SourceIp": list(LIST)}},
    }
    for _ in range(chance.choice((0, 1, 1, 2, 2))):
        change: Mapping[str, Any] = chance.choice(CHANGES)
        for element, value in change.items():
            if element == "Condition":
                conditions: dict[str, Any] = {key: dict(held) for key, held in statement["Condition"].items()}
                for operator, keys in value.items():
                    conditions.setdefault(operator, {}).update(keys)
                statement["Condition"] = conditions
            else:
                statement.pop(element.removeprefix("Not"), None)
                statement.pop(f"Not{element}", None)
                statement[element] = value
    return statement


def _values(key: str, *operators: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """Return a condition for each operator and value."""
    return [{"Condition": {operator: {key: value}}} for operator in operators for value in values]


def _each(element: str, *values: object) -> list[dict[str, Any]]:
    """Return one element with each of the values."""
    return [{element: value} for value in values]


CHANGES: tuple[dict[str, Any], ...] = (
    *_each("Action", "*", "s3:Get*", "s3:GetObject", ["s3:Get*", "s3:Put*", "s3:List*"]),
    *_each("NotAction", "s3:Get*", "iam:*", "s3:CreateBucket", "s3:BrandNew"),
    *(
        {"Resource": each}
        for each in ("*", BUCKET, f"{BUCKET}/*", f"{BUCKET}*", f"{BUCKET}/${{aws:userid}}/*")
    ),
    *(
        {"Resource": each}
        for each in ("arn:aws:s3:::other/*", "arn:aws:s3:::c/${aws:username}", "arn:*:s3:::b/*")
    ),
    *_each("NotResource", BUCKET, f"{BUCKET}/a/*", "arn:aws:s3:::other/*"),
    *_each("Principal", {"AWS": ACCOUNT}, {"AWS": [ROLE]}, {"Service": "s3.amazonaws.com"}),
    *_each("NotPrincipal", {"AWS": ROLE}, {"AWS": []}, {"CanonicalUser": "79a5"}),
    *_values(
        "aws:SourceIp",
        "NotIpAddress",
        "IpAddress",
        values=(
            *(
                "203.0.113.0/25",
                [*LIST, "office"],
                [*LIST, "10.0.0.0/8"],
                ["0.0.0.0/1", "128.0.0.0/1", "::/0"],
            ),
            *(
                [*LIST, "::ffff:0:0/96"],
                [*LIST, "2001:db8::7"],
                "203.0.113.0/33",
                "203.0.113.0/24, 8.8.8.0/24",
            ),
        ),
    ),
    *_values("aws:SourceIp", "Null", values=("true", "false")),
    *_values("aws:SourceIp", "StringNotLike", "StringLike", values=("203.0.113.*", "*")),
    *_values("aws:SourceVpce", "StringNotEquals", "StringEquals", values=("vpce-0a1b2c3d", "vpce-0")),
    *_values("aws:SourceVpc", "StringNotEquals", "StringEquals", values=("vpc-0a1b2c3d",)),
    *_values(
        "aws:PrincipalArn", "ArnNotEquals", "ArnLike", "StringLike", values=(ROLE, "arn:aws:iam::*:role/*")
    ),
    *_values("aws:PrincipalAccount", "StringEquals", "StringNotEquals", values=(ACCOUNT, "anonymous")),
    *_values("aws:ResourceAccount", "StringEquals", "StringNotEquals", values=(ACCOUNT, "999988887777")),
    *_values("aws:ResourceTag/x", "StringEquals", "StringNotEquals", values=("a", "b")),
    *_values("aws:userid", "StringNotLike", "StringLike", values=("AROAEXAMPLE:*", "*:*", "anonymous")),
    *_values("aws:username", "StringNotLike", "StringNotEquals", values=("a*", "${aws:userid}")),
    *_values("aws:Referer", "StringLike", "StringNotLike", "StringEquals", values=("a*", "b", "")),
    *_values("aws:UserAgent", "Null", values=("true", "false")),
    *_values("aws:RequestedRegion", "StringEquals", "StringNotEquals", values=("eu-west-1",)),
    *_values("aws:PrincipalOrgID", "StringEquals", "StringNotEquals", values=("o-abc",)),
    *_values("aws:SecureTransport", "Bool", "BoolIfExists", values=("true", "false", True)),
    *_values("aws:ViaAWSService", "Bool", "BoolIfExists", values=("true", "false")),
    *_values("aws:PrincipalIsAWSService", "Bool", "BoolIfExists", values=("true", "false")),
    *_values("aws:MultiFactorAuthPresent", "Bool", "BoolIfExists", values=("true", "false")),
    *_values("s3:TlsVersion", "NumericLessThan", "NumericLessThanIfExists", values=("1.2", "1.3")),
    *_values("aws:CurrentTime", "DateLessThan", "DateGreaterThan", values=("2030-01-01T00:00:00Z",)),
    *_values("s3:prefix", "StringLike", "StringNotEquals", values=("a*", "b")),
    *_values("s3:locationconstraint", "StringEquals", "StringNotEquals", values=("eu-west-1",)),
    *_values("aws:SourceIP4", "StringEquals", "NotIpAddress", values=("203.0.113.0/24",)),
)


def recorded(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a record."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def inputs_of(path: Path) -> Iterator[Case]:
    """Yield the cases of a record, without the answers."""
    for line in recorded(path):
        fields = {name: line[name] for name in Case.__dataclass_fields__ if name in line}
        for name in ("allowed", "vpc_endpoints", "break_glass"):
            fields[name] = tuple(fields[name])
        yield Case(**fields)


def differences(old: Path, new: Path) -> Iterator[tuple[str, str]]:
    """Yield what is answered differently: the name of the case, and both answers."""
    before = {line["name"]: line for line in recorded(old)}
    for line in recorded(new):
        then = before.get(line["name"])
        if then is None:
            continue
        changes = [
            f"{answer}: {_shown(then.get(answer))} -> {_shown(line.get(answer))}"
            for answer in ANSWERS
            if then.get(answer) != line.get(answer)
        ]
        if changes:
            yield line["name"], "; ".join(changes)


def _shown(answer: object) -> str:
    """Return an answer in a few words."""
    if isinstance(answer, list):
        return (
            ", ".join(map(str, answer[:5])) + (f" and {len(answer) - 5} more" if len(answer) > 5 else "")
            or "none"
        )
    return str(answer)


def main() -> int:
    """Record or compare; 1 where two records differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.verdicts", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="where the record goes")
    parser.add_argument("--inputs", type=Path, metavar="OLD", help="judge the policies of this record again")
    parser.add_argument("--generated", type=int, default=2000, metavar="N", help="how many to generate")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("OLD", "NEW"), help="say what differs")
    arguments = parser.parse_args()
    if arguments.compare:
        found = list(differences(*arguments.compare))
        for name, changes in found:
            print(f"{name}: {changes}")
        kinds = Counter((name.partition("/")[0], changes) for name, changes in found)
        print(f"\n{len(found)} answers differ")
        for (group, changes), count in kinds.most_common(40):
            print(f"{count:6} {group}: {changes}")
        return 1 if found else 0
    if arguments.file is None:
        parser.error("name a FILE for the record, or --compare OLD NEW")
    given = inputs_of(arguments.inputs) if arguments.inputs else cases(arguments.generated)
    verdicts: Counter[str] = Counter()
    with arguments.file.open("w", encoding="utf-8") as record:
        for case in given:
            answers = case.judged()
            verdicts[answers["verdict"]] += 1
            record.write(json.dumps(asdict(case) | answers) + "\n")
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
