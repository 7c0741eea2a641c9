"""The sweep over modules: batches through Yosys, one after the other in several processes, into the table of a calibration."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from joblib import Parallel, delayed

from spikewright import SpikewrightError
from spikewright.hardware.area.features.told import Features
from spikewright.hardware.area.keys import READS_FILES, key_of
from spikewright.hardware.area.laws import features_of
from spikewright.hardware.placement import PlacingRule
from spikewright.hardware.synthesis.record import CellCounts
from spikewright.hardware.synthesis.targets import target_of
from tests.calibrate.alone import LoneModule, synthesised_alone
from tests.calibrate.fitted import REGISTERS, MeasuredModule
from tests.calibrate.module_pool import WHOLE, pool
from tests.calibrate.refit import Calibration
from tests.calibrate.stored import measured, parameters_of

BATCH = 16
SHARES = {
    "sw_lane": 5.0,
    "sw_bank": 2.5,
    "sw_front": 2.0,
    "sw_sequencer": 2.0,
    "sw_array": 2.0,
    "sw_rom": 2.5,
    "sw_rom loaded": 2.5,
    "sw_loader": 2.0,
}
"""Modules of which there are to be more than of others, and how many times as many."""
COVERED = 6
"""Modules in which each feature of a law is above zero, where the pool has so many: a cost that few modules show is a guess."""
REPEATED = {"ecp5": ("sw_lane_stepped",)}
"""Family -> modules whose sizes are the tool's luck above all: the same one takes 81 or 132 look-up tables there."""
TIMES = 8
"""How often these are synthesised, each time in another order; the table has their means."""


@dataclass(frozen=True)
class Sweep:
    """Of a calibration; memory files lie in the folder `memories`."""

    calibration: Calibration
    memories: Path

    def run(self, each: int, seeds: int, processes: int = 2) -> None:
        """Synthesise `each` modules of a kind (times SHARES) that are not in the table, which is written after each round."""
        batches = list(self._batches(each, seeds))
        for first in range(0, len(batches), processes):
            some = batches[first : first + processes]
            self.calibration.add(self._measured(some, processes))
            print(f"{self.calibration.family}: {first + len(some)} of {len(batches)} batches", flush=True)

    def again(self, processes: int = 2) -> None:
        """Synthesise the modules of the table whose Verilog changed, a kind after the other.

        Those whose size depends on what a file holds are taken out: `run` draws others.
        """
        for module in self.calibration.earlier():
            rows = [row for row in self.calibration.rows() if row.module == module and module not in READS_FILES]
            ones = [LoneModule(*parameters_of(row.key)) for row in rows]
            times = TIMES if module in REPEATED.get(self.calibration.family, ()) else 1
            batches = [batch for time in range(times) for batch in _cut(Random(time).sample(ones, len(ones)))]
            self.calibration.replace(module, self._measured(batches, processes))
            print(f"{self.calibration.family}: {len(ones)} times {module}, again", flush=True)

    def _measured(self, batches: list[list[LoneModule]], processes: int) -> list[MeasuredModule]:
        found = Parallel(n_jobs=processes)(delayed(self._synthesised)(batch) for batch in batches)
        given = (self._words, *self._given)
        return [
            measured(one.module, one.parameters, cells.row, given)
            for batch, sizes in zip(batches, found, strict=True)
            for one, cells in zip(batch, sizes, strict=True)
        ]

    def _synthesised(self, batch: list[LoneModule]) -> list[CellCounts]:
        try:
            return synthesised_alone(target_of(self.calibration.family), batch, self.memories)
        except SpikewrightError as error:
            raise SpikewrightError(f"expected sizes of {[one.module for one in batch]}, got: {error}") from error

    def _batches(self, each: int, seeds: int) -> Iterator[list[LoneModule]]:
        """Those that are left, all kinds in turn, so that a sweep that is stopped has some of each.

        What the table has counts, whatever it was drawn from; of read-only memories it has what they hold, not their names.
        """
        rows = self.calibration.rows()
        done, stored = {row.key for row in rows}, Counter(row.law for row in rows)
        shown: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            shown[row.law].update(_costing(row.features))
        wanted = []
        for law, ones in pool(self.memories, seeds, 9 * seeds).items():
            share = SHARES.get(law, 1.0)
            left = [one for one in ones if key_of(one.module, one.parameters) not in done]
            if law not in WHOLE:
                left = self.some(left, max(0, int(each * share) - stored[law]), shown[law])
            wanted += [(at / share, law, one) for at, one in enumerate(left)]
        wanted.sort(key=lambda one: one[:2])
        yield from _cut([one for _, _, one in wanted])

    def some(self, ones: Sequence[LoneModule], number: int, shown: Counter[str]) -> list[LoneModule]:
        """The first `number`, and of the others those with a feature that too few have; `shown`: how many have each, added to."""
        found = []
        for at, one in enumerate(ones):
            costing = _costing(features_of(one.module, one.parameters, self._words, *self._given))
            if at < number or any(shown[name] < COVERED for name in costing):
                found.append(one)
                shown.update(costing)
        return found

    @property
    def _given(self) -> tuple[str, PlacingRule]:
        return self.calibration.family, self.calibration.rule

    def _words(self, file: str) -> list[int]:
        return [int(one, 16) for one in (self.memories / file).read_text().split()]


def _costing(features: Features) -> list[str]:
    """The features above zero that cost more than flip-flops."""
    return [name for name, value in features.items() if value > 0 and not name.startswith(REGISTERS)]


def _cut(ones: Sequence[LoneModule]) -> Iterator[list[LoneModule]]:
    for first in range(0, len(ones), BATCH):
        yield list(ones[first : first + BATCH])
