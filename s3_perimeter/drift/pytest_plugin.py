"""A pytest plugin over the same controls: `pytest --drift-stack prod` collects one test a control.

A test fails where its control finds drift, and errs where that is undetermined. Without the option the plugin
does nothing, and imports nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from s3_perimeter.drift.findings import Finding, Report


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("drift", "drift check of Pulumi stacks")
    group.addoption(
        "--drift-stack", action="append", default=[], metavar="NAME", help="check this stack's drift"
    )
    group.addoption(
        "--drift-state", action="append", default=[], metavar="FILE", help="check an exported state's drift"
    )
    group.addoption("--drift-strict", action="store_true", help="run the advisory controls too")
    group.addoption("--drift-cwd", default=".", metavar="DIR", help="the Pulumi project's directory")
    group.addoption("--drift-endpoint-url", metavar="URL", help="a custom AWS endpoint URL")
    group.addoption("--drift-profile", metavar="NAME", help="a profile of the AWS configuration")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add one test a control and stack, after the suite's own."""
    stacks = [(name, None) for name in config.getoption("--drift-stack")]
    states = [(Path(file).name, Path(file)) for file in config.getoption("--drift-state")]
    for name, file in [*stacks, *states]:
        items.extend(DriftStack.from_parent(session, name=f"drift[{name}]", stack=name, file=file).collect())


class DriftError(Exception):
    """A control could not be determined; pytest shows the message alone."""


class DriftStack(pytest.Collector):
    """One stack; it is checked once, when the first of its tests runs."""

    def __init__(self, *, stack: str, file: Path | None, **rest: Any) -> None:
        super().__init__(**rest)
        self.stack = stack
        self.file = file
        self.blamed = False
        self._report: Report | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one test a control that the check judges by."""
        from s3_perimeter.drift.check import Options, chosen

        for control in chosen(Options(strict=self.config.getoption("--drift-strict"))):
            yield DriftItem.from_parent(self, name=control.id)

    @property
    def report(self) -> Report:
        """The check's report, made at first use."""
        if self._report is None:
            self._report = self._check()
        return self._report

    def _check(self) -> Report:
        from importlib.util import find_spec

        from s3_perimeter.extras import named

        if find_spec("botocore") is None:
            raise DriftError(named(ModuleNotFoundError(name="botocore")))
        from s3_perimeter.drift import Access, Options, check_stack

        option = self.config.getoption
        return check_stack(
            self.stack,
            state=self.file,
            directory=Path(option("--drift-cwd")),
            access=Access(profile=option("--drift-profile"), endpoint_url=option("--drift-endpoint-url")),
            options=Options(strict=option("--drift-strict")),
        )


class DriftItem(pytest.Item):
    """One control on one stack."""

    parent: DriftStack

    def runtest(self) -> None:
        """Fail on drift, err on unknown."""
        from s3_perimeter.drift.findings import Kind

        report = self.parent.report
        if report.error and not self.parent.blamed:
            self.parent.blamed = True
            raise DriftError(report.error)
        if report.error:  # one cause, one message
            pytest.skip(f"stack {self.parent.stack} could not be checked; the first of its tests says why")
        found = [finding for finding in report.findings if finding.control == self.name]
        if any(finding.kind is not Kind.UNKNOWN for finding in found):
            pytest.fail("\n\n".join(map(_said, found)), pytrace=False)
        if found:
            raise DriftError("\n\n".join(map(_said, found)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what was found, without a traceback."""
        if isinstance(excinfo.value, DriftError):
            return f"unknown: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, None, str]:
        """Return how the test is called in reports."""
        return f"drift of {self.parent.stack}", None, f"{self.parent.stack}: {self.name}"


def _said(finding: Finding) -> str:
    return f"{finding.resource} {finding.kind} ({finding.severity}): {finding.detail}\nfix: {finding.fix}"
