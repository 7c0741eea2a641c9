"""Train and list the networks of the zoo: `python -m spikewright.experiments.zoo train lenet5-mnist --data FOLDER`."""

import argparse
import sys
from pathlib import Path

from spikewright import SpikewrightError
from spikewright.experiments.zoo import WEIGHTS, card, names


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code, 2 after bad input."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "train":
            return _train(options)
        return _list()
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spikewright.experiments.zoo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show the networks and their test accuracy")
    train = commands.add_parser("train", help="train one network and write its weights and card")
    train.add_argument("name", help=f"one of {', '.join(names())}")
    train.add_argument("--data", type=Path, help="folder with the data set; without it, it is downloaded")
    train.add_argument("--output", type=Path, default=WEIGHTS, help="folder for weights and card (default: the zoo's)")
    train.add_argument("--seed", type=int, help="another seed than the table's; give another --output then")
    train.add_argument("--checkpoint", type=Path, help="folder for checkpoints; a second call goes on from there")
    train.add_argument("--force", action="store_true", help="replace files of that name that are no network of the zoo")
    return parser


def _train(options: argparse.Namespace) -> int:
    from spikewright.experiments.zoo.training import train_entry

    given = {"data": options.data, "checkpoint": options.checkpoint, "seed": options.seed, "force": options.force}
    made = train_entry(options.name, options.output, progress=_show, **given)
    print(made.log.to_table())
    print(f"{made.name}: {made.accuracy:.2%} of {made.test_images} test images; in {options.output}")
    return 0


def _list() -> int:
    for name in names():
        known = card(name)
        print(f"{name:22} {known.accuracy:7.2%}  {known.parameters:8,} weights  {known.model} on {known.dataset}")
    return 0


def _show(stage: str, done: int, total: int) -> None:
    print(f"{stage}: epoch {done} of {total} done", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
