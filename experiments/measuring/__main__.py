"""Conversions measured on whole test sets. Cells that are finished are stored: the same command again goes on from there.

python -m spikewright.experiments.measuring rate --data FOLDER --network lenet5-fashion --steps 8
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

from spikewright.experiments.measuring import adapted, agreement, codes, exact, rate, sparse, timing
from spikewright.experiments.measuring.sweeps import SweepCommand, add_output, perform_sweep

SWEEPS: Mapping[str, SweepCommand] = {
    "rate": rate.SWEEP,
    "codes": codes.SWEEP,
    "timing": timing.SWEEP,
    "exact": exact.SWEEP,
    "agreement": agreement.SWEEP,
    "sparse": sparse.SWEEP,
    "adapted": adapted.SWEEP,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and print the tables; returns the exit code, see `perform_sweep`."""
    options = _parser().parse_args(arguments)
    return perform_sweep(SWEEPS[options.sweep], options)


def _parser() -> argparse.ArgumentParser:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m spikewright.experiments.measuring", description=__doc__, formatter_class=plain
    )
    sweeps = parser.add_subparsers(dest="sweep", required=True, metavar="SWEEP")
    for name, sweep in SWEEPS.items():
        told = sweep.about.partition("\n")[0]
        made = sweeps.add_parser(name, help=told, description=sweep.about, formatter_class=plain)
        sweep.flags(made)
        add_output(made, name)
    return parser


if __name__ == "__main__":
    sys.exit(main())
