"""Energy of an access to an SRAM by its width and size, between measured points: `sram45.csv`, or the user's own.

    E(width, size) = E of the points of that width, ln E a straight line in ln size between neighbours, and on beyond the ends
    between two widths of the table a straight line in the width; narrower, or wider, in proportion to the width

so that a word of 8 bits takes an eighth of one of 64 bits in a memory of the same size.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from math import exp, log
from pathlib import Path

from spikewright import InvalidFile
from spikewright.hardware.model.energy_rows import read_rows

USUAL = Path(__file__).parent / "sram45.csv"
Curve = Sequence[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class SramPoints:
    """`curves[action][width]`: ln of the memory's bits, and ln of the picojoule of an access, by size."""

    curves: Mapping[str, Mapping[int, Curve]]

    @classmethod
    def read(cls, path: str | Path) -> "SramPoints":
        """The points of a CSV with the columns component ("sram"), action ("read", "write"), width_bits, words, low_pj, pj,
        high_pj, source. Raises InvalidFile as `read_rows`, where an action has no points, where two have the same size, and
        where a larger memory takes less."""
        found: dict[str, dict[int, list[tuple[float, float]]]] = {}
        for row in read_rows(path, ("component", "action"), ("width_bits", "words")):
            component, action, width, words = row.key
            if component != "sram" or action not in ("read", "write"):
                raise InvalidFile(f"expected sram, read or write in {path}, got {component}, {action}; try sram,read")
            if row.picojoule.value <= 0:
                raise InvalidFile(
                    f"expected a picojoule above 0 in {path}, got {row.picojoule.value:g}; try to measure it"
                )
            size = int(width) * int(words)
            found.setdefault(str(action), {}).setdefault(int(width), []).append((log(size), log(row.picojoule.value)))
        for action in ("read", "write"):
            if action not in found:
                raise InvalidFile(
                    f"expected points of sram, {action} in {path}, got none; try to add a line sram,{action},64,1024"
                )
        return cls(
            {
                a: {w: _rising(points, f"{a}s of {w} bits in {path}") for w, points in sorted(c.items())}
                for a, c in found.items()
            }
        )

    def access_pj(self, total_bits: float, word_bits: int, action: str = "read") -> float:
        """Picojoule to read or write a word of `word_bits` in a memory of `total_bits`; a memory is no smaller than its word."""
        curves, size = self.curves[action], log(max(total_bits, word_bits, 1.0))
        widths = list(curves)
        place = bisect_left(widths, word_bits)
        if place in (0, len(widths)):
            near = widths[min(place, len(widths) - 1)]
            return _at(curves[near], size) * word_bits / near
        below, above = widths[place - 1], widths[place]
        low, high = _at(curves[below], size), _at(curves[above], size)
        return low + (high - low) * (word_bits - below) / (above - below)


@cache
def usual_points() -> SramPoints:
    """The points that come with the project: Horowitz's."""
    return SramPoints.read(USUAL)


def _rising(points: Sequence[tuple[float, float]], where: str) -> Curve:
    curve = sorted(points)
    for size, group in groupby(curve, key=lambda point: point[0]):
        if len(list(group)) > 1:
            raise InvalidFile(
                f"expected one point of each size among {where}, got two of {exp(size):.0f} bits; try to keep one"
            )
    if [energy for _, energy in curve] != sorted(energy for _, energy in curve):
        raise InvalidFile(
            f"expected larger memories to take no less among {where}, got one that does; try to sort its points"
        )
    return tuple(curve)


def _at(curve: Curve, size: float) -> float:
    if len(curve) == 1:
        return exp(curve[0][1])
    place = min(max(1, bisect_left([x for x, _ in curve], size)), len(curve) - 1)
    (x0, y0), (x1, y1) = curve[place - 1], curve[place]
    return exp(y0 + (y1 - y0) * (size - x0) / (x1 - x0))
