"""Time-to-first-spike networks on whole test sets: the model's predictions? spikes? accuracy against bits of spike time.

    python -m spikewright.experiments.conversion.timing --data FOLDER --network lenet5-mnist lenet5-fashion vgg7-cifar10

For each network of the zoo: exact spike times first, with differing predictions, ties and clipped values listed, then spike
times on grids of 2**b - 1 slots, with windows from the largest activation and by least squares, and in fixed point.
Rows are kept: a second call goes on from there.
"""

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Table
from spikewright.experiments.conversion.rows import Rows, Values, add_output, add_sources, run, tested_network

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network

SAMPLES = 1000
"""Training images that show how large activations get."""
BITS = tuple(range(2, 11))
CHUNK = 250


def exactness(model: Any, data: "Dataset") -> Values:
    """The row of the network with continuous times, and its clipped values by population."""
    from spikewright.conversion import Ttfs, check_times, convert

    network = convert(model, data.train_images[:SAMPLES], Ttfs())
    check = check_times(model, network, data.test_images)
    labels = data.test_labels
    return {
        "images": len(labels),
        "ann_accuracy": float(np.mean(check.model_logits.argmax(axis=1) == labels)),
        "ttfs_accuracy": float(np.mean(check.logits.argmax(axis=1) == labels)),
        "differing": list(check.differing),
        "ties": list(check.ties),
        "clipped_values": sum(check.clipped["clipped"]),
        "largest_logit_error": check.largest_error,
        "spikes_per_neuron": check.spikes_per_neuron,
        "clipped": list(check.clipped),
    }


def on_grid(model: Any, data: "Dataset", bits: int) -> Values:
    """The row of spike times of `bits` bits: both ways to choose windows; fixed point (8-bit weights) of the first."""
    from spikewright.conversion import Ttfs, convert

    samples, levels = data.train_images[:SAMPLES], 2**bits - 1
    largest = convert(model, samples, Ttfs(levels=levels, input_levels=levels))
    squares = convert(model, samples, Ttfs("least-squares", levels=levels, input_levels=levels))
    fixed = largest.to_fixed(weight_bits=8, potential_bits=24, time_levels=levels)
    row: Values = {"bits": bits}
    for kind, network in (("largest", largest), ("least_squares", squares), ("fixed", fixed)):
        accuracy, spikes = measured(network, data)
        row |= {f"{kind}_accuracy": accuracy, f"{kind}_spikes": spikes}
    return row


def measured(network: "Network", data: "Dataset") -> tuple[float, float]:
    """Accuracy on the test images and spikes per hidden neuron and image."""
    from spikewright.snn import simulate

    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    correct, spikes = 0, 0.0
    for start in range(0, len(data.test_labels), CHUNK):
        activity = simulate(network, data.test_images[start : start + CHUNK])
        correct += int(np.sum(activity.predictions == data.test_labels[start : start + CHUNK]))
        spikes += float(sum(activity.spikes[p.name].sum() for p in hidden))
    count = len(data.test_labels)
    return correct / count, spikes / (count * max(1, sum(p.size for p in hidden)))


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns the exit code, 2 after bad input, 1 when predictions differ that are no ties."""
    parser = argparse.ArgumentParser(prog="python -m spikewright.experiments.conversion.timing", description=__doc__)
    add_sources(parser, network="lenet5-mnist")
    parser.add_argument("--bits", type=int, nargs="*", default=list(BITS), help="bits of spike time (default: 2 to 10)")
    add_output(parser, "runs/timing")
    return run(parser.parse_args(arguments), _tables)


def _tables(options: argparse.Namespace, rows: Rows) -> int:
    unexplained = False
    for name in options.network:
        found = tested_network(name, options)
        asked = {**found.asked, "samples": SAMPLES}
        exact = rows.row(f"{name}-exact", {**asked, "bits": None}, partial(exactness, found.model, found.data))
        grids: list[Values] = []
        for bits in options.bits:
            rows.progress(f"{name}: bits", len(grids), len(options.bits))
            measure = partial(on_grid, found.model, found.data, bits)
            grids.append(rows.row(f"{name}-{bits}-bits", {**asked, "bits": bits}, measure))
        print(f"{name}:", Table.of([_short(exact)]), Table.of(exact["clipped"]), Table.of(grids), sep="\n", flush=True)
        unexplained |= bool(set(exact["differing"]) - set(exact["ties"]))
    return int(unexplained)


def _short(row: Values) -> Values:
    """Without the clipped populations; lists as counts where they are long."""
    return {
        name: len(value) if isinstance(value, list) and len(value) > 5 else value
        for name, value in row.items()
        if name != "clipped"
    }


if __name__ == "__main__":
    sys.exit(main())
