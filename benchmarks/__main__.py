"""Side by side with other programs and with the machine's limit, in one run on one machine.

    python -m benchmarks                                   a tour of all but `scale`, on the network that needs no data
    python -m benchmarks peers --network lenet5-mnist --data FOLDER
    python -m benchmarks page                              docs/benchmarks.md from what the others left in --output

What was measured of this commit on this machine is stored in --output and not measured again; what is not committed always is.

Exit status: 0, 1 when an answer differs from the reference, 2 after bad input.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.commands import COMMANDS, TOUR
from benchmarks.options import Options
from spikewright import SpikewrightError

DEFAULT_NETWORK = "small-digits"


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; returns the exit status."""
    parsed = _parser().parse_args(arguments)
    options = _options(parsed)
    names = TOUR if parsed.command == "tour" else (parsed.command,)
    try:
        _set_threads(options.threads)
        return max(COMMANDS[name](options) for name in names)
    except SpikewrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _set_threads(count: int) -> None:
    import torch

    from spikewright.snn import set_threads

    set_threads(count)
    torch.set_num_threads(count)


def _options(parsed: argparse.Namespace) -> Options:
    networks = tuple(parsed.network or [DEFAULT_NETWORK])
    return Options(
        networks=networks,
        data=parsed.data,
        output=parsed.output,
        steps=tuple(parsed.steps),
        images=parsed.images,
        event_images=parsed.event_images,
        repeats=parsed.repeats,
        threads=parsed.threads,
        quick=parsed.quick or parsed.command == "tour",
        page=parsed.page,
        without=tuple(parsed.without),
        large=parsed.large,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", default="tour", choices=("tour", *COMMANDS))
    parser.add_argument(
        "--network", action="append", help=f"a network of the zoo, repeatable (default: {DEFAULT_NETWORK})"
    )
    parser.add_argument("--data", type=Path, help="folder with the data sets, where they are not built in")
    parser.add_argument("--output", type=Path, default=Path("runs/bench"), help="default: %(default)s")
    parser.add_argument("--steps", type=int, nargs="+", default=[7, 32], help="default: 7 32")
    parser.add_argument("--images", type=int, default=256, help="test images for the peers (default: %(default)s)")
    parser.add_argument("--event-images", type=int, default=10_000, help="most test images for the event engine")
    parser.add_argument("--repeats", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=2, help="of torch and of the engine (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="fewer points and images, as the tour does")
    parser.add_argument("--without", action="append", default=[], help="a runner to leave out of peers, repeatable")
    parser.add_argument("--large", action="store_true", help="peers: write a table of its own, peers-large")
    parser.add_argument(
        "--page", type=Path, default=Path("docs/benchmarks.md"), help="what `page` writes (default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
