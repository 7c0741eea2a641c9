"""What an FPGA spends on one action of one of its components, by family, as data: `fpga_actions.csv`, or the user's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spikewright import InvalidInput
from spikewright.hardware.model.energy_rows import EnergyRow, read_rows
from spikewright.hardware.model.interval import Interval

USUAL = Path(__file__).parent / "fpga_actions.csv"
ACTIONS = (
    ("clock_tree", "cycle"), ("register", "clock"), ("register", "toggle"), ("lut", "toggle"), ("block", "read"),
    ("block", "write"), ("dsp", "multiply"),
)  # fmt: skip
"""Component and action: the clock network of the device, a cycle; the clock load of a flip-flop, a cycle; a change of its
output, or of that of a look-up table, with the routing behind it; a block memory that is read, or written, in a cycle; a
multiplication."""


@dataclass(frozen=True, eq=False)
class FpgaActions:
    """A table of picojoules: `rows` by (family, component, action). `path`: where it is from."""

    rows: Mapping[tuple[str | int, ...], EnergyRow]
    path: Path

    @classmethod
    def read(cls, path: str | Path) -> "FpgaActions":
        """The table of a CSV with the columns family, component, action, low_pj, pj, high_pj, source. A later line replaces an
        earlier one. Raises InvalidFile as `read_rows`."""
        return cls({row.key: row for row in read_rows(path, ("family", "component", "action"))}, Path(path))

    def of(self, family: str) -> "FamilyActions":
        """What a family spends. Raises InvalidInput where one of ACTIONS is missing."""
        found = {}
        for component, action in ACTIONS:
            row = self.rows.get((family, component, action))
            if row is None:
                raise InvalidInput(
                    f"expected the energy of {component}, {action} for the family {family} in {self.path}, got none; "
                    f"try to add a line {family},{component},{action},LOW,MIDDLE,HIGH,SOURCE"
                )
            found[component, action] = row.picojoule
        return FamilyActions(found)


@dataclass(frozen=True, eq=False)
class FamilyActions:
    """Picojoule of each of ACTIONS."""

    picojoule: Mapping[tuple[str, str], Interval]

    def __call__(self, component: str, action: str) -> Interval:
        return self.picojoule[component, action]


@cache
def usual_actions(family: str) -> FamilyActions:
    """What a family spends by the table that comes with the project."""
    return FpgaActions.read(USUAL).of(family)
