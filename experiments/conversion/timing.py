"""Time-to-first-spike networks on whole test sets: the model's predictions? spikes? accuracy against bits of spike time.

    python -m experiments.conversion.timing --data FOLDER --network lenet5-mnist lenet5-fashion vgg7-cifar10

For each network of the zoo: exact spike times first, with differing predictions, ties and clipped values listed, then spike
times on grids of 2**b - 1 slots, with windows from the largest activation and by least squares, and in fixed point.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Progress, SpikewrightError, Table, atomic_path, silent

if TYPE_CHECKING:
    from experiments.data import Dataset
    from snn import Network

SAMPLES = 1000
"""Training images that show how large activations get."""
BITS = tuple(range(2, 11))
CHUNK = 250


def exactness(name: str, model: Any, data: "Dataset") -> tuple[dict[str, Any], Table]:
    """One row on the network with continuous times, and its clipped values by population."""
    from conversion import Ttfs, check_times, convert

    network = convert(model, data.train_images[:SAMPLES], Ttfs())
    check = check_times(model, network, data.test_images)
    labels = data.test_labels
    row = {
        "network": name,
        "images": len(labels),
        "ann_accuracy": float(np.mean(check.model_logits.argmax(axis=1) == labels)),
        "ttfs_accuracy": float(np.mean(check.logits.argmax(axis=1) == labels)),
        "differing": list(check.differing),
        "ties": list(check.ties),
        "clipped_values": sum(check.clipped["clipped"]),
        "largest_logit_error": check.largest_error,
        "spikes_per_neuron": check.spikes_per_neuron,
    }
    return row, Table.of({"network": name, **clip} for clip in check.clipped)


def by_bits(
    name: str, model: Any, data: "Dataset", bits: tuple[int, ...] = BITS, *, progress: Progress = silent
) -> Table:
    """Accuracy for each number of bits of spike time: both ways to choose windows; fixed point (8-bit weights) of the first."""
    from conversion import Ttfs, convert

    samples, rows = data.train_images[:SAMPLES], []
    for done, width in enumerate(bits):
        progress(f"{name}: bits", done, len(bits))
        levels = 2**width - 1
        largest = convert(model, samples, Ttfs(levels=levels, input_levels=levels))
        squares = convert(model, samples, Ttfs("least-squares", levels=levels, input_levels=levels))
        fixed = largest.to_fixed(weight_bits=8, potential_bits=24, time_levels=levels)
        row: dict[str, Any] = {"network": name, "bits": width}
        for kind, network in (("largest", largest), ("least_squares", squares), ("fixed", fixed)):
            accuracy, spikes = measured(network, data)
            row |= {f"{kind}_accuracy": accuracy, f"{kind}_spikes": spikes}
        rows.append(row)
    progress(f"{name}: bits", len(bits), len(bits))
    return Table.of(rows)


def measured(network: "Network", data: "Dataset") -> tuple[float, float]:
    """Accuracy on the test images and spikes per hidden neuron and image."""
    from snn import simulate

    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    correct, spikes = 0, 0.0
    for start in range(0, len(data.test_labels), CHUNK):
        activity = simulate(network, data.test_images[start : start + CHUNK])
        correct += int(np.sum(activity.predictions == data.test_labels[start : start + CHUNK]))
        spikes += float(sum(activity.spikes[p.name].sum() for p in hidden))
    count = len(data.test_labels)
    return correct / count, spikes / (count * max(1, sum(p.size for p in hidden)))


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write; returns the exit code, 2 after bad input, 1 when predictions differ that are no ties."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m experiments.conversion.timing", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the data sets; without it, they are downloaded")
    parser.add_argument("--network", nargs="+", default=["lenet5-mnist"], help="networks of the zoo")
    parser.add_argument("--images", type=int, help="use only so many test images")
    parser.add_argument("--bits", type=int, nargs="*", default=list(BITS), help="bits of spike time (default: 2 to 10)")
    parser.add_argument("--output", type=Path, help="folder for timing.json")
    return parser


def _run(options: argparse.Namespace) -> int:
    from experiments import zoo
    from experiments.data import load_dataset

    told: list[dict[str, Any]] = []
    for name in options.network:
        data = load_dataset(zoo.card(name).dataset, options.data).first(test=options.images)
        model = zoo.load(name)
        row, clips = exactness(name, model, data)
        grids = by_bits(name, model, data, tuple(options.bits), progress=_show)
        print(Table.of([_short(row)]), clips, grids, sep="\n", flush=True)
        told.append({"exact": row, "clipped": list(clips), "bits": list(grids)})
    if options.output is not None:
        with atomic_path(options.output / "timing.json") as temporary:
            temporary.write_text(json.dumps(told, indent=2) + "\n")
    unexplained = any(set(one["exact"]["differing"]) - set(one["exact"]["ties"]) for one in told)
    return int(unexplained)


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """Lists as counts where they are long."""
    return {name: len(value) if isinstance(value, list) and len(value) > 5 else value for name, value in row.items()}


def _show(stage: str, done: int, total: int) -> None:
    print(f"{stage}: {done} of {total}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
