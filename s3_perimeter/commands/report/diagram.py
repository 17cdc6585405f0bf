"""The network diagram, drawn from what the stack really holds."""

from __future__ import annotations

from html import escape

from s3_perimeter.commands.report.html import Markup
from s3_perimeter.stack.deployed import Stack

__all__ = ["network_diagram"]


def network_diagram(stack: Stack, networks: list[str], endpoints: list[str]) -> Markup:
    """Clients, the internet, TLS, the fence, the bucket, its log bucket and its key."""
    shown = [*networks[:3], *([f"and {len(networks) - 3} more"] if len(networks) > 3 else [])]
    key = next(stack.state.of("kms/key"), None)
    logs = str(stack.outputs.get("logBucket") or "")
    inside = box(10, 20, 180, 34 + 16 * len(shown), "Allowed networks", shown, "allowed")
    outside = box(10, 150, 180, 66, "Everybody else", ["any other address,", "signed in or not"], "denied")
    parts = [
        inside,
        outside,
        arrow(190, 55, 330, 90, "TLS", "allowed"),
        arrow(190, 183, 330, 150, "explicit Deny", "denied"),
        '<ellipse cx="265" cy="120" rx="42" ry="100" class="cloud"/>',
        '<text x="265" y="124" class="mid">internet</text>',
        '<line x1="338" y1="10" x2="338" y2="232" class="fence"/><text x="344" y="22">bucket policy</text>',
        box(380, 60, 240, 60, "Bucket", [clipped(stack.bucket), str(stack.region or "")], "allowed"),
        arrow(338, 90, 380, 90, "", "allowed"),
    ]
    if logs:
        parts += [
            box(380, 160, 240, 60, "Access logs", [clipped(logs), "written by S3 alone"], "plain"),
            arrow(500, 120, 500, 160, "", "plain"),
        ]
    if key is not None:
        parts.append(box(380, 232, 240, 40, "KMS key", [clipped(key.text("keyId") or key.id)], "plain"))
    if endpoints:
        parts.append(
            box(10, 232, 240, 40, "VPC endpoints (exempt)", [clipped(", ".join(endpoints))], "allowed")
        )
    height = 280 if key is not None or endpoints else 240
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {height}" role="img" class="diagram">'
        f"<title>{escape(f'Network diagram of {stack.bucket}')}</title>"
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7"'
        ' orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="context-stroke"/></marker></defs>'
        f"{''.join(parts)}</svg>"
    )


def box(x: int, y: int, width: int, height: int, title: str, lines: list[str], kind: str) -> str:
    """A box with a title and lines of text."""
    rows = "".join(
        f'<text x="{x + 10}" y="{y + 36 + 15 * number}" class="small">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" class="{kind}"/>'
        f'<text x="{x + 10}" y="{y + 19}" class="title">{escape(title)}</text>{rows}'
    )


def arrow(x1: int, y1: int, x2: int, y2: int, label: str, kind: str) -> str:
    """An arrow with a label at its beginning."""
    said = (
        f'<text x="{x1 + 8}" y="{y1 - 6 if y2 > y1 else y1 + 18}" class="small">{escape(label)}</text>'
        if label
        else ""
    )
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" class="{kind}" marker-end="url(#tip)"/>{said}'


def clipped(text: str) -> str:
    """A name that fits into a box."""
    return text if len(text) <= 34 else text[:16] + "…" + text[-17:]
