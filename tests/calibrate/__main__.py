"""`make calibrate`: modules and unseen cores through Yosys, laws, tables in hardware/area/calibration, docs/area.md.

python -m tests.calibrate                     all that is not yet stored; a run that was stopped goes on
python -m tests.calibrate --quick             a few modules of each kind and a few cores
python -m tests.calibrate --fit               nothing is synthesised: laws, bands and page from what is stored
python -m tests.calibrate --family ecp5 --flat 20
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from spikewright.hardware.area.calibrated import CALIBRATED
from tests.calibrate.draws import BLIND, DRAWS, LOOKED_AT, THIRD, collect
from tests.calibrate.page import printed, write_page
from tests.calibrate.refit import Calibration
from tests.calibrate.sweeping import Sweep


def main(given: Sequence[str] | None = None) -> int:
    """Synthesise what is asked for, fit, store, print the residuals, and write the page."""
    chosen = _parser().parse_args(given)
    for family in chosen.family:
        if not chosen.fit:
            _synthesise(family, chosen)
        Calibration(family).fit([draw.results(family) for draw in LOOKED_AT])
    blind, third, looked_at = (
        {family: Calibration(family).residuals(*(draw.results(family) for draw in draws)) for family in CALIBRATED}
        for draws in ((BLIND,), (THIRD,), LOOKED_AT)
    )
    print("\n".join(printed(blind, third, looked_at)))
    if not chosen.quick:
        write_page(blind, third, looked_at)
    return 0


def _synthesise(family: str, chosen: argparse.Namespace) -> None:
    """The cores first: they are what an estimate is judged by, and need no module."""
    for draw in DRAWS:
        flat = (1 if chosen.quick else chosen.flat) if draw is BLIND else 0
        collect(family, draw, 3 if chosen.quick else chosen.cores, flat)
    with TemporaryDirectory(prefix="spikewright-") as memories:
        sweep = Sweep(Calibration(family), Path(memories))
        sweep.again()
        sweep.run(4 if chosen.quick else chosen.modules, 1 if chosen.quick else 10)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.calibrate", description="Areas against synthesis.")
    parser.add_argument("--family", nargs="*", choices=CALIBRATED, default=CALIBRATED, help="which families")
    parser.add_argument("--modules", type=int, default=15, help="modules of each kind, of some a multiple")
    parser.add_argument("--cores", type=int, help="unseen cores of each draw and family; all by default")
    parser.add_argument("--flat", type=int, default=25, help="how many of the blind ones flat as well")
    parser.add_argument("--quick", action="store_true", help="a few of each; no page is written")
    parser.add_argument("--fit", action="store_true", help="synthesise nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
