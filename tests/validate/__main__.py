"""`make validate`: drawn networks in the engine and in the circuit, at three choices of lanes each; docs/validation.md.

python -m tests.validate                        300 networks; a run that was stopped goes on where it was, on the same commit
python -m tests.validate --networks 20 --seed 1000 --only SignedIF
python -m tests.validate --netlists [ecp5 xc7]  small cores as yosys synthesises them
python -m tests.validate --speeds               cores of up to 16 lanes placed and routed for ECP5
python -m tests.validate --activity [ecp5 xc7]  how often registers change in the Verilog and in its netlist
python -m tests.validate --trained lenet5-mnist --recipe rate --data ../shared/data --images 1000 [--lanes 1]
python -m tests.validate --gather              what such runs kept in --folder, on the page
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.validate import page, speeds
from tests.validate.activities import RATED, beside_netlist, busy_rates, spread, traced
from tests.validate.checking import checked
from tests.validate.drawers import CHOICES, DRAWERS, Drawer
from tests.validate.netlist_cores import CORES, FAMILIES, synthesised
from tests.validate.networks import RECIPES
from tests.validate.progress import Progress, begun
from tests.validate.trained import TrainedCore, run_trained


def main(given: Sequence[str] | None = None) -> int:
    """Compare what is asked for, write the page where no kind was left out, and say what is wrong; 1 where something is."""
    chosen = _parser().parse_args(given)
    if chosen.gather:
        return _gathered(chosen)
    if chosen.netlists is not None:
        return _netlists(chosen)
    if chosen.activity is not None:
        return _activity(chosen)
    if chosen.trained:
        return _trained(chosen)
    if chosen.speeds is not None:
        return _speeds(chosen)
    progress = begun(chosen.results.with_suffix(".part.json"))
    for number, drawer, seed in drawings(chosen.networks, chosen.seed, chosen.only):
        for choice, lanes in enumerate(CHOICES):
            name = f"{drawer.name}, seed {seed}, {lanes}"
            if name not in progress.rows:
                with TemporaryDirectory(prefix="spikewright-") as folder:
                    progress.add(name, drawer.name, checked(drawer, seed, choice, Path(folder)))
                row = progress.rows[name]
                print(f"{number + 1} of {chosen.networks}: {name}: {row['outcome']} {row['why']}".rstrip(), flush=True)
    return _ended(progress, chosen)


def drawings(networks: int, first: int, only: Sequence[str] | None = None) -> Iterator[tuple[int, Drawer, int]]:
    """Number, drawer and seed of each network: the kinds take turns, the seeds go up from `first`."""
    drawers = [drawer for drawer in DRAWERS if drawer.name in (only or [drawer.name])]
    for number in range(networks):
        yield number, drawers[number % len(drawers)], first + number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.validate", description="Circuits of drawn networks beside the engine."
    )
    parser.add_argument("--networks", type=int, default=300, help="how many are drawn")
    parser.add_argument("--seed", type=int, default=0, help="of the first one; the others follow")
    parser.add_argument("--only", nargs="*", choices=[drawer.name for drawer in DRAWERS], help="kinds of circuits")
    parser.add_argument("--netlists", nargs="*", choices=FAMILIES, help="small cores as they are synthesised instead")
    parser.add_argument("--speeds", nargs="*", choices=speeds.CORES, help="cores that are placed for ECP5 instead")
    parser.add_argument(
        "--activity", nargs="*", choices=FAMILIES, help="registers that change, with and without netlist"
    )
    parser.add_argument("--trained", help="a network of the zoo instead: its test set in Verilator")
    parser.add_argument("--gather", action="store_true", help="only put what such runs kept in --folder on the page")
    parser.add_argument("--recipe", choices=RECIPES, default="rate", help="how it is converted")
    parser.add_argument("--lanes", type=int, help="the most lanes of a layer; many if not given")
    parser.add_argument("--images", type=int, default=100, help="of its test set")
    parser.add_argument("--chunk", type=int, default=50, help="images that are compared at a time")
    parser.add_argument("--data", type=Path, help="the folder of the data sets")
    parser.add_argument("--folder", type=Path, default=Path("runs/validate"), help="where programs and counts are kept")
    parser.add_argument(
        "--results", type=Path, default=page.RESULTS, help="what was compared; the page is written of it"
    )
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    return parser


def _netlists(chosen: argparse.Namespace) -> int:
    """The netlists of small cores for families of devices, all if none is named."""
    wrong = 0
    for family in chosen.netlists or FAMILIES:
        for core in CORES:
            with TemporaryDirectory(prefix="spikewright-") as folder:
                row = synthesised(core, family, Path(folder))
            print(f"{family}, {core.name}: {row['outcome']} {row['why']}".rstrip(), flush=True)
            wrong += row["outcome"] == "wrong"
            page.save_rows("netlists", {f"{family}, {core.name}": row}, chosen.results)
    page.write(page.load(chosen.results), chosen.page)
    return int(wrong > 0)


def _speeds(chosen: argparse.Namespace) -> int:
    """The clocks of cores that are placed and routed."""
    for name in chosen.speeds or speeds.CORES:
        with TemporaryDirectory(prefix="spikewright-") as folder:
            row = speeds.placed(name, Path(folder))
        print(f"{name}: {row['clock_mhz']} MHz, slowest {row['slowest']}", flush=True)
        page.save_rows("speeds", {name: row}, chosen.results)
    page.write(page.load(chosen.results), chosen.page)
    return 0


def _activity(chosen: argparse.Namespace) -> int:
    """Traces of small cores beside those of their netlists for families of devices, all if none is named."""
    wrong, rates = 0, []
    for core in RATED:
        with TemporaryDirectory(prefix="spikewright-") as folder:
            rates += list(busy_rates(core, Path(folder) / "circuit"))
    page.save({"busy": spread(rates)}, chosen.results)
    for family in chosen.activity or FAMILIES:
        for core in traced(family):
            with TemporaryDirectory(prefix="spikewright-") as folder:
                row = beside_netlist(core, family, Path(folder) / "circuit")
            print(f"{family}, {core.name}: {row['percent']:+.1f} % {row['why']}".rstrip(), flush=True)
            wrong += bool(row["why"])
            page.save_rows("activity", {f"{family}, {core.name}": row}, chosen.results)
    page.write(page.load(chosen.results), chosen.page)
    return int(wrong > 0)


def _trained(chosen: argparse.Namespace) -> int:
    """The test set of a trained network, and the page where it was more than is told there."""
    size = (chosen.lanes, chosen.images, chosen.chunk)
    state = run_trained(TrainedCore(chosen.trained, chosen.recipe, *size, chosen.data, chosen.folder))
    if not state["wrong"]:
        page.save_trained(state, chosen.results)
        page.write(page.load(chosen.results), chosen.page)
    return int(bool(state["wrong"]))


def _gathered(chosen: argparse.Namespace) -> int:
    """What runs of trained networks kept, also those that still go on; 1 where one found a difference."""
    states = [json.loads(path.read_text()) for path in sorted(chosen.folder.glob("*.json"))]
    for state in states:
        print(f"{state['name']}: {state['images']:,} images equal {state['wrong']}".rstrip())
        if state["images"] and not state["wrong"]:
            page.save_trained(state, chosen.results)
    page.write(page.load(chosen.results), chosen.page)
    return int(any(state["wrong"] for state in states))


def _ended(progress: Progress, chosen: argparse.Namespace) -> int:
    wrong = [f"{name}: {row['why']}" for name, row in progress.rows.items() if row["outcome"] == "wrong"]
    print("\n".join(wrong) or "nothing wrong")
    if not chosen.only:
        page.save(page.summed(progress), chosen.results)
        page.write(page.load(chosen.results), chosen.page)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
