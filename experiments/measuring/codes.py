"""What each code costs: accuracy, steps, spikes and synaptic operations of the same networks under every recipe, in one table.

Rate and burst counts, weighted phases, few spikes, SpikeSelect, exact spike times and the older lossy ones, each at settings
that are of use; the model itself stands in the first row.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spikewright import Table
from spikewright.experiments.measuring.cells import add_sources, chosen, measure_cell, network_cell
from spikewright.experiments.measuring.measurement import Measurement, Values
from spikewright.experiments.measuring.sweeps import SweepCommand, SweepRows
from spikewright.experiments.runs.cells import Cell

if TYPE_CHECKING:
    from spikewright.conversion import Recipe
    from spikewright.experiments.data.load import Dataset

SAMPLES = 1000
CHUNK = 250


def recipes() -> Mapping[str, "Recipe"]:
    """The codes of the table by their name."""
    from spikewright.conversion import FewSpike, Latency, Phase, Rate, SpikeSelect, Ttfs

    return {
        "rate, 8 steps": Rate(8),
        "rate, 32 steps": Rate(32),
        "bursts of 4, 8 steps": Rate(8, neuron="burst"),
        "weighted phase, 4 periods of 8": Phase(8, 4),
        "weighted phase, 16 periods of 8": Phase(8, 16),
        "few spikes, 8 binary": FewSpike(8),
        "few spikes, 4 binary": FewSpike(4),
        "few spikes, 4 learned": FewSpike(4, "learned"),
        "few spikes, 2 learned": FewSpike(2, "learned"),
        "SpikeSelect, 8 of 64": SpikeSelect(64, 8),
        "SpikeSelect, 2 of 64": SpikeSelect(64, 2),
        "TTFS, exact": Ttfs(),
        "TTFS, 8 bits": Ttfs("least-squares", levels=255, input_levels=255),
        "TTFS, 4 bits": Ttfs("least-squares", levels=15, input_levels=15),
        "latency, 64 steps": Latency(64, 4),
        "latency, 256 steps": Latency(256, 16),
    }


@dataclass(frozen=True)
class CodeMeasurement(Measurement):
    """One code on all test images.

    code: a name of `recipes`.
    """

    version: ClassVar[int] = 1
    table: ClassVar[str] = "codes"
    code: str

    def measure(self, model: Any, data: "Dataset") -> Values:
        """The row; what refuses a network is told in the column `refused`.

        Columns: steps (of the run; of a layer where it is layerwise; 1 window in time codes), latency_steps (until the answer
        stands), accuracy, agreement with the model, spikes_per_neuron (hidden, a whole run), synaptic_operations (an image).
        """
        from spikewright.conversion import Unconvertible, convert
        from spikewright.experiments.training.run import predict

        try:
            network = convert(model, data.train_images[: self.samples], recipes()[self.code])
        except Unconvertible as error:
            return {"refused": str(error)}
        return _run(network, data, predict(model, data.test_images))


def _run(network: Any, data: "Dataset", truth: Any) -> Values:
    from spikewright.snn import simulate

    hidden = [p for p in network.populations if p.name not in (network.input, network.output)]
    depth = len(network.order) - 1
    spikes = operations = 0.0
    predictions = []
    for start in range(0, len(truth), CHUNK):
        activity = simulate(network, data.test_images[start : start + CHUNK])
        predictions.append(activity.predictions)
        spikes += float(sum(activity.spikes[p.name].sum() for p in hidden))
        operations += float(sum(count.sum() for count in activity.synaptic_operations.values()))
    predicted, count = np.concatenate(predictions), len(truth)
    one_after_another = network.schedule == "layerwise" or activity.axis == "window"
    return {
        "accuracy": float(np.mean(predicted == data.test_labels)),
        "agreement": float(np.mean(predicted == truth)),
        "steps": network.steps,
        "latency_steps": network.steps * (depth if one_after_another else 1),
        "spikes_per_neuron": spikes / (count * sum(p.size for p in hidden)),
        "synaptic_operations": operations / count,
    }


def flags(parser: ArgumentParser) -> None:
    """Networks and --codes."""
    add_sources(parser, network="small-digits")
    parser.add_argument("--codes", nargs="+", help="some of the codes only, by name")


def cells(options: Namespace) -> Iterator[Cell]:
    """One for each network and code."""
    asked = chosen(recipes(), options.codes, "codes")
    for name in options.network:
        model = network_cell(name, options)
        for code, recipe in asked.items():
            yield measure_cell(CodeMeasurement(name, SAMPLES, code), f"{name}-{code}", model, recipe=repr(recipe))


def tables(measured: SweepRows) -> Iterator[tuple[str, Table]]:
    """A table for each network; the model itself comes first."""
    accuracy = {row["network"]: row["accuracy"] for row in measured.rows("accuracy")}
    for (name, images), rows in measured.by("codes", "network", "images"):
        own = {"code": "model", "accuracy": accuracy[name], "agreement": 1.0}
        yield f"{name}, {images:,} test images", Table.of([own, *rows])


SWEEP = SweepCommand(__doc__, flags, cells, tables)
