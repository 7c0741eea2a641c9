"""Draws of cores that are in no fit: a blind one, by which areas are judged, and two that were blind until looked at."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.calibrate.unseen import REAL, SIZED, UnseenCore, unseen_cores

RESULTS = Path("docs/results")


@dataclass(frozen=True)
class Draw:
    """name: in the names of files. seed: of its first drawn core. drawn: how many cores of the kinds of circuits.

    more: how many cores of layers of real sizes, by the drawer `sized` from seed `sized_seed` on.
    """

    name: str
    seed: int
    drawn: int
    sized: str
    sized_seed: int
    more: int

    def results(self, family: str) -> Path:
        """Where what was synthesised of a family is stored."""
        return RESULTS / f"area-{self.name}-{family}.json"

    def cores(self, most: int | None = None) -> Iterator[UnseenCore]:
        """Its cores, at most so many; those of real sizes take turns with the others."""
        drawn = list(unseen_cores(self.seed, self.drawn))
        sized = [UnseenCore(self.sized, self.sized_seed + number, 0) for number in range(self.more)]
        every = len(drawn) // max(1, len(sized))
        found = []
        for number, core in enumerate(drawn):
            found.append(core)
            if every and (number + 1) % every == 0 and sized:
                found.append(sized.pop(0))
        yield from [*found, *sized][:most]


BLIND = Draw("fifth", 7000, 55, REAL, 7000, 12)
"""Drawn and synthesised when all laws, factors and bands were fixed; none was changed for them: by them an estimate is judged."""
LOOKED_AT = (Draw("fourth", 4000, 55, REAL, 4000, 12), Draw("second", 2000, 55, REAL, 2000, 8))
"""In no fit of modules: blind until something was mended for what they showed; factors and bands are set on these."""
THIRD = Draw("third", 3000, 55, REAL, 3000, 12)
"""Blind until means and factors of ECP5 were introduced for what it showed. No number is fitted to it, none is set on it."""
DRAWS = (BLIND, *LOOKED_AT)
"""Those that are synthesised again when the Verilog changes; of the third draw what is of today's is shown."""


def collect(family: str, draw: Draw, most: int | None, flat: int) -> None:
    """Synthesise what of a draw is not stored of today's Verilog: modules kept, then the first `flat` of the drawn kinds flat."""
    path = draw.results(family)
    stored: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    rows = {(row["drawer"], row["seed"], row["choice"], row["flat"]): row for row in stored}
    cores = list(draw.cores(most))
    flattened = [core for core in cores if core.drawer not in SIZED][:flat]
    for core, is_flat in [*((core, False) for core in cores), *((core, True) for core in flattened)]:
        key = (core.drawer, core.seed, core.choice, is_flat)
        if key not in rows or rows[key].get("verilog") != core.verilog():
            rows[key] = core.synthesised(family, is_flat)
            path.write_text(json.dumps(list(rows.values()), indent=0) + "\n")
            print(family, draw.name, rows[key], flush=True)
