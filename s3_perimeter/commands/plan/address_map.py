"""A small map of an address space: which parts an allow-list holds, opens and closes, as text and as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from ipaddress import ip_network
from typing import Final, Literal, TypeAlias

from s3_perimeter.addresses import AddressSet

__all__ = ["AddressMap"]

State: TypeAlias = Literal["allowed", "opened", "closed", "denied"]

# One strip of the map is a network of this size, and one cell a share of it.
STRIP: Final = {4: 16, 6: 32}
CELLS: Final = 64
NOTHING: Final = AddressSet.nothing()
MOST_STRIPS: Final = 12
SIGNS: Final[dict[State, str]] = {"allowed": "#", "opened": "+", "closed": "-", "denied": "."}
COLORS: Final[dict[State, str]] = {"allowed": "#3b6ea8", "opened": "#2e8b57", "closed": "#c0392b"}
WORDS: Final[dict[State, str]] = {
    "allowed": "allowed",
    "opened": "opened by this change",
    "closed": "closed by it",
}


@dataclass(frozen=True, slots=True)
class AddressMap:
    """The addresses that stay allowed, that are opened and that are closed; everything else is denied."""

    allowed: AddressSet
    opened: AddressSet = NOTHING
    closed: AddressSet = NOTHING

    def parts(self) -> tuple[tuple[State, AddressSet], ...]:
        """Return the sets, the one drawn last on top."""
        return ("allowed", self.allowed), ("closed", self.closed), ("opened", self.opened)

    def strips(self) -> list[str]:
        """Return the networks that have something to show, IPv4 before IPv6, in order."""
        found: dict[str, None] = {}
        for cidr in (self.allowed | self.opened | self.closed).cidrs():
            network = ip_network(cidr)
            if network.prefixlen > STRIP[network.version]:
                network = network.supernet(new_prefix=STRIP[network.version])
            found[str(network)] = None
        return list(found)

    def cells(self, strip: str) -> Iterator[State]:
        """Yield what each cell of a strip shows: a change wherever there is one in it."""
        network = ip_network(strip)
        first, step = int(network.network_address), max(network.num_addresses // CELLS, 1)
        for number in range(CELLS):
            run = (first + number * step, first + (number + 1) * step - 1)
            cell = AddressSet(v4=[run]) if network.version == 4 else AddressSet(v6=[run])
            shown: State = "denied"
            for state, addresses in self.parts():
                if not addresses.isdisjoint(cell):
                    shown = state
            yield shown

    def as_text(self) -> str:
        """Return a line for each strip; signs, so that it reads without colors."""
        strips = self.strips()
        width = max((len(strip) for strip in strips), default=0)
        lines = [
            f"{strip.ljust(width)}  {''.join(SIGNS[state] for state in self.cells(strip))}"
            for strip in strips[:MOST_STRIPS]
        ]
        if len(strips) > MOST_STRIPS:
            lines.append(f"… and {len(strips) - MOST_STRIPS} more")
        lines.append(f"{''.ljust(width)}  # allowed  + opened  - closed  . denied")
        lines.append(f"{''.ljust(width)}  each strip: its network from the first address to the last")
        return "\n".join(lines)

    def as_svg(self) -> str:
        """Return a picture that stands by itself; each marked part has its networks as a title, to be read
        aloud.
        """
        strips = self.strips()
        shown, left = strips[:MOST_STRIPS], len(strips) - MOST_STRIPS
        height = 22 * len(shown) + (64 if left > 0 else 46)
        body = "".join(self._strip(strip, 18 + 22 * row) for row, strip in enumerate(shown))
        body += '<text x="150" y="14">first address</text>'
        body += '<text x="630" y="14" text-anchor="end">last address</text>'
        if left > 0:
            body += f'<text x="8" y="{height - 27}">… and {left} more</text>'
        used = [state for state, addresses in self.parts() if addresses]
        legend = "".join(
            f'<rect x="{8 + 170 * place}" y="{height - 16}" width="10" height="10" fill="{COLORS[state]}"/>'
            f'<text x="{23 + 170 * place}" y="{height - 7}">{WORDS[state]}</text>'
            for place, state in enumerate(used)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {height}" role="img"'
            ' class="address-map" font-family="ui-monospace,monospace" font-size="11" fill="currentColor">'
            f"<title>Address map: {escape(str(self.allowed))}</title>{body}{legend}</svg>"
        )

    def _strip(self, strip: str, top: int) -> str:
        """Return one strip with the runs of equal cells in it."""
        cells = list(self.cells(strip))
        marks = []
        start = 0
        for place in range(1, CELLS + 1):
            if place == CELLS or cells[place] != cells[start]:
                state = cells[start]
                if state != "denied":
                    marks.append(
                        f'<rect x="{150 + start * 7.5:.1f}" y="{top + 4}" width="{(place - start) * 7.5:.1f}"'
                        f' height="14" fill="{COLORS[state]}"><title>{WORDS[state]}</title></rect>'
                    )
                start = place
        return (
            f'<text x="8" y="{top + 15}">{escape(strip)}</text><rect x="150" y="{top + 4}"'
            f' width="480" height="14" fill="currentColor" fill-opacity="0.1"/>{"".join(marks)}'
        )
