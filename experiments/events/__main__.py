"""Classify event-camera recordings spike by spike: `python -m spikewright.experiments.events --data FOLDER`."""

import argparse
import sys
from pathlib import Path

from spikewright import SpikewrightError, Table, check_path


def main(arguments: list[str] | None = None) -> int:
    """Train, convert, run on the test recordings, print; returns the exit code, 2 after bad input."""
    options = _parser().parse_args(arguments)
    try:
        print(_run(options))
        return 0
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spikewright.experiments.events", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with N-MNIST: Train and Test, or one .npz")
    parser.add_argument("--train", type=int, help="use only so many training recordings")
    parser.add_argument("--test", type=int, help="use only so many test recordings")
    parser.add_argument("--steps", type=int, default=32, help="steps of a recording (default: 32)")
    parser.add_argument("--step-us", type=int, default=10_000, help="microseconds of a step (default: 10000)")
    parser.add_argument("--epochs", type=int, default=30, help="epochs of training (default: 30)")
    parser.add_argument("--seed", type=int, default=0, help="seed of weights and training order (default: 0)")
    parser.add_argument("--engine", help="engine of the simulation (default: the network's)")
    parser.add_argument("--out", type=Path, help="write the spiking network to this file")
    parser.add_argument("--force", action="store_true", help="replace another file at --out")
    return parser


def _run(options: argparse.Namespace) -> str:
    from spikewright.experiments.events.classify import train_classifier
    from spikewright.experiments.events.data import load_events
    from spikewright.snn import AddressEvents, simulate
    from spikewright.snn.files import NETWORK_FILE

    if options.out is not None:  # before the training
        check_path(options.out, NETWORK_FILE, force=options.force)
    data = load_events("nmnist", options.data, train=options.train, test=options.test)
    code = AddressEvents(options.steps, options.step_us)
    made = train_classifier(data, code, epochs=options.epochs, seed=options.seed, progress=_show)
    if options.out is not None:
        made.network.save(options.out, force=options.force)
    rows = [_row("CNN on counts", made.frames_accuracy, data.test_labels.size)]
    networks = {
        "IF, float32": made.plain,
        "SignedIF, float32": made.network,
        "SignedIF, fixed": made.network.to_fixed(),
    }
    for name, network in networks.items():
        activity = simulate(network, data.test, engine=options.engine)
        spikes = float(sum(count.mean() for count in activity.spikes.values()))
        operations = float(sum(count.mean() for count in activity.synaptic_operations.values()))
        more = {"spikes": spikes, "synaptic_operations": operations, "engine": activity.engine}
        rows.append(_row(f"SNN on events, {name}", activity.accuracy(data.test_labels), data.test_labels.size) | more)
    note = f"trained on {len(data.train):,} recordings, tested on {len(data.test):,}; the whole of N-MNIST has 60,000 and 10,000"
    return f"{Table.of(rows)}\n{note}"


def _row(name: str, accuracy: float, samples: int) -> dict[str, object]:
    from spikewright.shares import wilson

    low, high = wilson(round(accuracy * samples), samples)
    return {"network": name, "accuracy": accuracy, "low": low, "high": high}


def _show(stage: str, done: int, total: int) -> None:
    print(f"{stage}: epoch {done} of {total} done", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
