"""docs/area.md: how far the areas of unseen cores lie from their synthesis, and what the laws are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from spikewright.hardware.area.calibrated import Sizes
from spikewright.hardware.area.record import MOST_BEYOND
from tests.calibrate.draws import BLIND, LOOKED_AT, THIRD
from tests.calibrate.inside import FEWEST_CORES, LEAST_SHARE
from tests.calibrate.refit import LEAST_CORES
from tests.calibrate.residual_tables import each, flattened, summary
from tests.calibrate.unseen import REAL, Residual, broken

Found = Mapping[str, tuple[Sizes, Sequence[Residual]]]
"""Family -> the calibration, and the residuals of a draw."""
PAGE = Path("docs/area.md")
FOURTH, SECOND = LOOKED_AT
WORST = 8
FAR, FF_FAR = 0.08, 0.02
"""Relative errors that no blind core is to have."""
_HEAD = f"""\
# Area: how far estimates lie from synthesis

`make calibrate` writes this page. The area of a core is the sum of its modules,
`hardware.area.calibrated.sizes(family).total(uses, words)`; `uses` are the modules of a circuit with their parameters,
without a synthesis tool (`hardware/area/elaboration`). A module whose very parameters were synthesised has that size; any
other one has a law: cells for each of a few features of its parameters (bits of words, lanes, banks, counters; for small
read-only memories the functions of the address that they hold), none below zero, fitted to the relative errors of modules
that were synthesised alone. The modules and their sizes are in `hardware/area/calibration/*.csv`, the laws beside them.

Flip-flops are counted, not fitted (`hardware/area/features/registers.py`): the registers of a module by its parameters, less
those that synthesis leaves out because they never change, are read by nobody or equal another one.

## Blind cores

This draw, the fifth, was made when all else was fixed: laws, factors, intervals, features and the Verilog. No law was fitted to
these cores, no interval was set on them, and nothing was changed after they had been seen.

Four draws before it were blind until somebody looked at them and mended what they showed; nobody may judge by them any more.

- The first was of older Verilog; nothing of it is left.
- The second (seed {SECOND.seed}) had ECP5 cores up to 14.6 % too low: comparisons of addresses stood in front of every bit of a
  word. The Verilog was changed for it.
- The third (seed {THIRD.seed}): when its ECP5 cores had been seen (2.2 % in the median, 8.1 % at worst, 62 of 66 inside), factors
  were introduced (below), and means over eight syntheses for `sw_lane_stepped`, which takes 81 or 132 look-up tables, the same
  module, by the order in which the tool meets its parts (it had made one core 11.3 % too low). It is in a row below.
- The fourth (seed {FOURTH.seed}) had one core of each family beyond {FAR:.0%}: 11.1 % on Xilinx 7, where no module with the
  weighing of a phase code (`sw_array`) had been synthesised, and 10.1 % on ECP5, where none that chooses among three projections
  had (`sw_grant`). The cause was the sweep: modules were drawn, and features that few circuits have came seldom or never. It
  seeks them now (`COVERED` in `tests/calibrate/sweeping.py`), in all kinds of modules.

Each stored size says from which Verilog it comes (sixteen digits, comments aside: of a module its own text, of a core that of
all its modules), so that `make calibrate` synthesises again what has changed.

They are drawn circuits, all kinds in turn from seed {BLIND.seed} on, at one lane, drawn lanes and all channels, and networks of
real sizes ("{REAL}", `tests/calibrate/real_sizes.py`: 784-128-10, LeNet, convolutions of 16 to 32 channels). Synthesis keeps the
modules, as `synthesise(folder, family)` does; flat synthesis of some of the same cores is the second column.
"""
_OUTSIDE = f"""\
A core says that it lies `outside` of what was calibrated when modules larger than any that was synthesised have more than
{MOST_BEYOND:.0%} of its look-up tables. Such modules' errors count three times in the interval.
"""
_LOOKED_AT = f"""\
## Cores that were looked at

An interval is as wide as the errors of its laws (root mean squares of modules that were left out of a fit; modules of one kind
err together) times a number, chosen such that at least 98.5 of 100 cores lie inside that are in no fit of modules: those of the
fourth draw, from seed {FOURTH.seed} on, and on ECP5 of the second, from seed {SECOND.seed} on. They also say how many times the
look-up tables that modules of a kind take alone these take inside of cores, where at least {FEWEST_CORES} of the cores have some,
with {LEAST_SHARE:.0%} of the look-up tables of all. From {LEAST_CORES} such cores on, synthesised from the Verilog of now, `make
calibrate` chooses these numbers again; until then they are what was chosen before. The first table has those that are stored, the
second the third draw, on which nothing is set.

Some sizes are luck: Yosys 0.23 makes the same module now and then half as large again, by the order in which it meets its
parts. No law can know that; modules that far from their law are neither fitted nor kept, and a module that was synthesised has
an error in the interval as well. That, and 98.5 where it was 97, came in the second draw, after 46 of its first 49 ECP5 cores lay
inside.
"""


def write_page(blind: Found, third: Found, looked_at: Found, path: Path = PAGE) -> None:
    """Write the page: blind cores, those that were looked at, the third draw in short, and the laws."""
    lines = [
        _HEAD,
        *summary(blind),
        "",
        _OUTSIDE,
        *(line for family, (_, rows) in blind.items() for line in _beyond(family, rows)),
        *(line for family, (_, rows) in blind.items() for line in flattened(family, rows)),
        *(line for family, (_, rows) in blind.items() for line in _left_out(family, rows)),
    ]
    for family, (_, rows) in blind.items():
        lines += [f"### {family}: every blind core", "", *each(rows), ""]
    lines += [_LOOKED_AT, *summary(looked_at), "", "The third draw:", "", *summary(third, groups=False), ""]
    for family, rows in ((family, rows) for family, (_, rows) in looked_at.items() if rows):
        lines += [f"### {family}: the largest errors", "", *each(sorted(rows, key=_size)[:WORST]), ""]
    for family, (calibrated, _) in blind.items():
        lines += [
            f"## {family}: the laws of its modules",
            "",
            f"Calibrated with {calibrated.tool}.",
            "",
            *_inside(calibrated),
            *_laws(calibrated),
            "",
        ]
    path.write_text("\n".join([*lines, "## How to run it again", "", *_AGAIN]) + "\n")


def printed(blind: Found, third: Found, looked_at: Found) -> list[str]:
    """What the command prints: the tables, and every blind core."""
    lines = ["blind", *summary(blind), "third", *summary(third, groups=False), "looked at", *summary(looked_at)]
    return lines + [line for family, (_, rows) in blind.items() for line in (family, *each(rows))]


_AGAIN = (
    "`make calibrate` goes on where it was: it synthesises unseen cores that are not yet stored (`docs/results/area-*.json`) and",
    "modules that are not yet in the table, fits the laws and writes the tables and this page (hours on two processors;",
    "`make calibrate ARGS=--quick` minutes, and no page). `make calibrate ARGS=--fit` synthesises nothing.",
)


def _beyond(family: str, rows: Sequence[Residual]) -> list[str]:
    """The cores that lie further off than is wanted, or outside of an interval, by name; or that there is none."""
    found = [
        f"{row.core.drawer}, seed {row.core.seed} (LUT {row.error('lut'):+.1%}, FF {row.error('ff'):+.1%})"
        for row in rows
        if abs(row.error("lut")) > FAR or abs(row.error("ff")) > FF_FAR or not (row.inside("lut") and row.inside("ff"))
    ]
    wanted = f"more than {FAR:.0%} of look-up tables or {FF_FAR:.0%} of flip-flops off, or outside of an interval"
    return [f"On {family}, {wanted}: {'; '.join(found) or 'none'}.\n"] if rows else []


def _left_out(family: str, rows: Sequence[Residual]) -> list[str]:
    """What is said of drawn cores that the tool could not synthesise, and of those that are not yet."""
    wrong = broken(BLIND.results(family))
    names = "; ".join(f"{core.drawer}, seed {core.seed}" for core in wrong)
    left = len(list(BLIND.cores())) - len(rows) - len(wrong)
    told = [f"On {family} Yosys itself ends with an error, so that these are left out: {names}.\n"] if wrong else []
    if left > 0:
        told.append(f"On {family} {left} of the drawn cores have not been synthesised from the Verilog of now yet.\n")
    return told


def _size(row: Residual) -> float:
    return -abs(row.error("lut"))


def _inside(calibrated: Sizes) -> list[str]:
    """A sentence on modules that take more or fewer look-up tables inside of cores."""
    told = ", ".join(f"`{module}` {times:.2f}" for module, times in calibrated.inside.items())
    return (
        [f"Inside of cores they take so many times the look-up tables that they take alone: {told}.", ""]
        if told
        else []
    )


def _laws(calibrated: Sizes) -> list[str]:
    lines = ["| module | synthesised | LUT error | FF error | costs most |", "| --- " * 5 + "|"]
    for name, law in calibrated.laws.items():
        most = sorted(law.lut, key=lambda feature: -law.lut[feature] * law.most.get(feature, 0))[:4]
        told = ", ".join(f"{law.lut[feature]:.2g} x {feature}" for feature in most)
        lines.append(f"| {name} | {law.modules} | {law.lut_error:.1%} | {law.ff_error:.1%} | {told} |")
    return lines
