"""Access log lines for tests, in the form of "Amazon S3 server access log format"."""

from __future__ import annotations

TAIL = (
    '17 16 {referer} "{agent}" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234='
    " SigV4 TLS_AES_128_GCM_SHA256 AuthHeader example-bucket.s3.ap-northeast-1.amazonaws.com TLSv1.3 - -\n"
)
REMOTE_USER = "arn:aws:iam::111122223333:user/remote-user"


def line(
    address: str = "198.51.100.7",
    *,
    when: str = "06/Nov/2026:13:05:38",
    requester: str = REMOTE_USER,
    operation: str = "REST.GET.OBJECT",
    status: str = "403 AccessDenied",
    uri: str = '"GET /example-bucket/report.pdf HTTP/1.1"',
    referer: str = '"-"',
    agent: str = "aws-cli/2.31.0",
) -> bytes:
    """One line of log; by default a refused download."""
    head = (
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be example-bucket"
        f" [{when} +0000] {address} {requester} 3E57427F3EXAMPLE {operation} report.pdf {uri} {status} 243 - "
    )
    return (head + TAIL.format(agent=agent, referer=referer)).encode()
