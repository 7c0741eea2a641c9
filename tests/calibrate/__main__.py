"""`make calibrate`: modules and unseen cores through Yosys, laws, tables in hardware/area/calibration, docs/area.md.

python -m tests.calibrate                     all that is not yet stored; a run that was stopped goes on
python -m tests.calibrate --quick             a few modules of each kind and a few cores
python -m tests.calibrate --fit               nothing is synthesised: laws, bands and page from what is stored
python -m tests.calibrate --family ecp5 --flat 20
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spikewright.hardware.area.calibrated import CALIBRATED
from tests.calibrate.page import summary, write_page
from tests.calibrate.refit import Calibration
from tests.calibrate.sweeping import Sweep
from tests.calibrate.unseen import UnseenCore, unseen_cores

RESULTS = Path("docs/results")


def main(given: Sequence[str] | None = None) -> int:
    """Synthesise what is asked for, fit, store, print the residuals, and write the page."""
    chosen = _parser().parse_args(given)
    for family in chosen.family:
        calibration = Calibration(family)
        if not chosen.fit:
            with TemporaryDirectory(prefix="spikewright-") as memories:
                Sweep(calibration, Path(memories)).run(4 if chosen.quick else chosen.modules, 1 if chosen.quick else 10)
            _cores(family, 3 if chosen.quick else chosen.cores, chosen.flat)
        calibration.fit(_results(family))
    found = {family: Calibration(family).residuals(_results(family)) for family in CALIBRATED}
    print("\n".join(summary(found)))
    if not chosen.quick:
        write_page(found)
    return 0


def _results(family: str) -> Path:
    return RESULTS / f"area-unseen-{family}.json"


def _cores(family: str, count: int, flat: int) -> None:
    """Synthesise unseen cores that are not yet stored, kept and, the first of them, flat."""
    path = _results(family)
    rows: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    done = {(row["drawer"], row["seed"], row["choice"], row["flat"]) for row in rows}
    for number, core in enumerate(
        [*unseen_cores(count), *(UnseenCore("larger", seed, 0) for seed in range(count // 6))]
    ):
        for is_flat in (False, True)[: 2 if number < flat else 1]:
            if (core.drawer, core.seed, core.choice, is_flat) not in done:
                rows.append(core.synthesised(family, is_flat))
                path.write_text(json.dumps(rows, indent=0) + "\n")
                print(family, rows[-1], flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.calibrate", description="Areas against synthesis.")
    parser.add_argument("--family", nargs="*", choices=CALIBRATED, default=CALIBRATED, help="which families")
    parser.add_argument("--modules", type=int, default=40, help="modules of each kind")
    parser.add_argument("--cores", type=int, default=125, help="unseen cores of each family")
    parser.add_argument("--flat", type=int, default=25, help="how many of them flat as well")
    parser.add_argument("--quick", action="store_true", help="a few of each; no page is written")
    parser.add_argument("--fit", action="store_true", help="synthesise nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
