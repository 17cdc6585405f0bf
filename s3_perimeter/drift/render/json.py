"""JSON: one report as an object, several as a list."""

from __future__ import annotations

import json
from collections.abc import Sequence

from s3_perimeter.drift.findings import Report

__all__ = ["as_json"]


def as_json(reports: Sequence[Report]) -> str:
    """Return the reports in the shape that scripts rely on."""
    documents = [report.as_json() for report in reports]
    return json.dumps(documents[0] if len(documents) == 1 else documents, indent=2, default=str) + "\n"
