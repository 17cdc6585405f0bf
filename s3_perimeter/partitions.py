"""AWS's partitions: the second part of every ARN.

Source: AWS General Reference, "Amazon Resource Names"; the same list as botocore's (a test compares them).
"""

from __future__ import annotations

__all__ = ["PARTITIONS"]

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f")
