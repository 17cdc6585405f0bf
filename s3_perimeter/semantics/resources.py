"""Resources: whether a pattern of a ``Resource`` element matches an ARN.

Source: "IAM JSON policy elements: Resource": a wildcard stays within its segment of the ARN, but for a ``*``
that is the segment's last character.
"""

from __future__ import annotations

from functools import lru_cache

from s3_perimeter.semantics.patterns import Token, matches, tokens

__all__ = ["arn_pattern_matches", "decided_after"]

_COLONS = 5
"""How many colons stand before the last segment of an ARN, where wildcards take colons too."""


def arn_pattern_matches(pattern: str, arn: str, *, variables: bool) -> bool | None:
    """Whether a pattern without variables matches an ARN.

    None where a wildcard would have to take a colon that by the documentation it does not take: readers of
    policies who take the ARN for one text let it.
    """
    if not matches(pattern, arn, variables=variables):
        return False
    if _confined(pattern, variables=variables):
        return True
    run = _Run(tokens(pattern, variables=variables))
    return True if run.after(run.start, arn, strict=True) >> run.end & 1 else None


@lru_cache(maxsize=1024)
def decided_after(pattern: str, head: str, *, variables: bool) -> bool:
    """Whether it is known what a pattern makes of every ARN that begins with a head of five colons."""
    if _confined(pattern, variables=variables):
        return True
    run = _Run(tokens(pattern, variables=variables))
    return run.after(run.start, head, strict=True) == run.after(run.start, head, strict=False)


@lru_cache(maxsize=1024)
def _confined(pattern: str, *, variables: bool) -> bool:
    """Whether no wildcard before the fifth colon is at odds with a colon."""
    steps = tokens(pattern, variables=variables)
    colons = 0
    for at, step in enumerate(steps):
        colons += step.char == ":"
        if colons == _COLONS:
            return True
        if step.char is None and not (step.many and _ends_segment(steps, at)):
            return False
    return True


def _ends_segment(steps: tuple[Token, ...], at: int) -> bool:
    """Whether nothing but ``*`` stands between a place in a pattern and the end of its segment."""
    following = next((step for step in steps[at:] if not step.many), None)
    return following is None or following.char == ":"


class _Run:
    """A pattern run over an ARN; a state has a bit per place in the pattern."""

    start = 1

    def __init__(self, steps: tuple[Token, ...]) -> None:
        self.loops = self.far_loops = self.anyone = self.end = 0
        self.waiting: dict[str, int] = {}
        for at, step in enumerate(steps):
            place = 1 << self.end
            if step.many:
                self.loops |= place
                self.far_loops |= place if _ends_segment(steps, at) else 0
                continue
            if step.char is None:
                self.anyone |= place
            else:
                self.waiting[step.char] = self.waiting.get(step.char, 0) | place
            self.end += 1

    def after(self, state: int, arn: str, *, strict: bool) -> int:
        """Return the state after an ARN, or its head; `strict` is by the documentation."""
        colons = 0
        for char in arn:
            anyone, loops = self.anyone, self.loops
            if char == ":" and colons < _COLONS:
                colons += 1
                if strict:
                    anyone, loops = 0, self.far_loops
            state = (state & (self.waiting.get(char, 0) | anyone)) << 1 | state & loops
        return state
