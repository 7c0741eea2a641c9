"""How many times the look-up tables that modules take alone they take inside of cores, by cores that are in no fit."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from spikewright.hardware.area.calibrated import Sizes
from tests.calibrate.unseen import current

FEWEST_CORES, LEAST_SHARE = 20, 0.02
"""A kind of modules has a number of its own where so many cores have some, with this share of the look-up tables of all."""


def inside_factors(results: Sequence[Path], calibrated: Sizes) -> dict[str, float]:
    """Kind of modules -> what they take over what `calibrated` says; each core counts as much as any other."""
    took, told, cores = Counter[str](), Counter[str](), Counter[str]()
    for core, row in (found for one in results for found in current(one)):
        if row["flat"] or "inside" not in row:
            continue
        uses, words = core.uses()
        for use in uses:
            told[use.module] += use.count * calibrated.of(use.variant, words).lut / row["whole"]["lut"]
        for module, lut in row["inside"].items():
            took[module] += lut / row["whole"]["lut"]
            cores[module] += 1
    least = LEAST_SHARE * took.total()
    kinds = [kind for kind in sorted(took) if cores[kind] >= FEWEST_CORES and took[kind] >= least and told[kind]]
    return {kind: round(took[kind] / told[kind], 4) for kind in kinds}
