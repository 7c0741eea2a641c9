"""Time-to-first-spike networks on whole test sets: the model's predictions? spikes? accuracy against bits of spike time.

For each network of the zoo: exact spike times first, with differing predictions, ties and clipped values listed, then spike
times on grids of 2**b - 1 slots, with windows from the largest activation and by least squares, and in fixed point. Exit code 1
when predictions differ that are no ties.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spikewright import Table
from spikewright.experiments.measuring.cells import add_sources, measure_cell, network_cell
from spikewright.experiments.measuring.measurement import Measurement, Values
from spikewright.experiments.measuring.sweeps import SweepCommand, SweepRows
from spikewright.experiments.runs.cells import Cell

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network

SAMPLES = 1000
"""Training images that show how large activations get."""
BITS = tuple(range(2, 11))
CHUNK = 250


@dataclass(frozen=True)
class TimesMeasurement(Measurement):
    """The network with continuous times."""

    version: ClassVar[int] = 1
    table: ClassVar[str] = "exact_times"

    def measure(self, model: Any, data: "Dataset") -> Values:
        """Accuracies, clipped values and spikes; tables of `clipped` values by population and of `differing` predictions."""
        from spikewright.conversion import Ttfs, check_times, convert

        check = check_times(model, convert(model, data.train_images[: self.samples], Ttfs()), data.test_images)
        labels, ties = data.test_labels, set(check.ties)
        return {
            "ann_accuracy": float(np.mean(check.model_logits.argmax(axis=1) == labels)),
            "ttfs_accuracy": float(np.mean(check.logits.argmax(axis=1) == labels)),
            "predicted_otherwise": len(check.differing),
            "ties": len(ties),
            "clipped_values": sum(check.clipped["clipped"]),
            "largest_logit_error": check.largest_error,
            "spikes_per_neuron": check.spikes_per_neuron,
            "clipped": list(check.clipped),
            "differing": [{"image": int(image), "tie": image in ties} for image in check.differing],
        }


@dataclass(frozen=True)
class GridMeasurement(Measurement):
    """Spike times of a few bits.

    bits: those of a spike time.
    """

    version: ClassVar[int] = 1
    table: ClassVar[str] = "time_grid"
    bits: int

    def measure(self, model: Any, data: "Dataset") -> Values:
        """Accuracy and spikes with both ways to choose windows, and in fixed point (8-bit weights) with the first."""
        from spikewright.conversion import Ttfs, convert

        samples, levels = data.train_images[: self.samples], 2**self.bits - 1
        largest = convert(model, samples, Ttfs(levels=levels, input_levels=levels))
        squares = convert(model, samples, Ttfs("least-squares", levels=levels, input_levels=levels))
        fixed = largest.to_fixed(weight_bits=8, potential_bits=24, time_levels=levels)
        row: Values = {}
        for kind, network in (("largest", largest), ("least_squares", squares), ("fixed", fixed)):
            accuracy, spikes = accuracy_and_spikes(network, data)
            row |= {f"{kind}_accuracy": accuracy, f"{kind}_spikes": spikes}
        return row


def accuracy_and_spikes(network: "Network", data: "Dataset") -> tuple[float, float]:
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


def flags(parser: ArgumentParser) -> None:
    """Networks and --bits."""
    add_sources(parser, network="lenet5-mnist")
    parser.add_argument("--bits", type=int, nargs="*", default=list(BITS), help="bits of spike time (default: 2 to 10)")


def cells(options: Namespace) -> Iterator[Cell]:
    """For each network one with exact times, and one for each number of bits."""
    for name in options.network:
        model = network_cell(name, options)
        yield measure_cell(TimesMeasurement(name, SAMPLES), name, model)
        for bits in options.bits:
            yield measure_cell(GridMeasurement(name, SAMPLES, bits), f"{name}-{bits}-bits", model)


def tables(measured: SweepRows) -> Iterator[tuple[str, Table]]:
    """Of each network: exact times, what was clipped, what is predicted otherwise, and the grids."""
    for table in ("exact_times", "clipped", "differing", "time_grid"):
        for (name,), rows in measured.by(table, "network"):
            yield f"{name}, {table.replace('_', ' ')}:", Table.of(rows)


def holds(measured: SweepRows) -> bool:
    """Whether all that is predicted otherwise is a tie."""
    return all(row["tie"] for row in measured.rows("differing"))


SWEEP = SweepCommand(__doc__, flags, cells, tables, holds)
