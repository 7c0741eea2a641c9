"""Integer CNNs and their spiking twins on whole test sets: are all logits equal, after how many steps?

Networks of the zoo are quantised (weights to --weight-bits, activations to each of --bits), fine-tuned for --epochs, and run as
integers and as spikes. Exit code 1 when logits differ.
"""

import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from spikewright import Table
from spikewright.experiments.measuring.cells import add_sources, measure_cell, network_cell
from spikewright.experiments.measuring.measurement import Measurement, Values
from spikewright.experiments.measuring.sweeps import SweepCommand, SweepRows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.stages.compression import CompressStage
from spikewright.experiments.zoo import WEIGHTS, card

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset

SCHEDULES = ("layerwise", "synchronous")
SAMPLES = 200
"""Training images that the pair is compared on when it is made."""


@dataclass(frozen=True)
class ExactMeasurement(Measurement):
    """An integer CNN and its spiking twin, image by image.

    schedule: whether a layer waits for the one before.
    window: steps in which the image flows in.
    compared: the first test images, so many; None: all.
    """

    version: ClassVar[int] = 1
    table: ClassVar[str] = "exact"
    schedule: Literal["layerwise", "synchronous"]
    window: int
    compared: int | None

    def measure(self, model: Any, data: "Dataset") -> Values:
        """Accuracies, equal logits, images that are not settled, steps, and spikes and operations of an image."""
        from spikewright.conversion import Exact, exact, verify

        pair = exact(model, data.train_images[: self.samples], Exact(self.schedule, self.window))
        images, labels = data.test_images[: self.compared], data.test_labels[: self.compared]
        start = time.perf_counter()
        seen = verify(pair, images)
        return {
            "levels": max(p.neuron.levels or 0 for p in pair.cnn.populations),
            "cnn_accuracy": float((seen.cnn_predictions == labels).mean()),
            "snn_accuracy": float((seen.snn_predictions == labels).mean()),
            "compared": len(labels),
            "logits_equal": int(seen.equal.sum()),
            "unsettled": int((~seen.settled).sum()),
            "steps_median": float(np.median(seen.steps)),
            "steps_max": int(seen.steps.max()),
            "steps_bound": pair.latency_steps,
            "spikes": float(seen.spikes.mean()),
            "synaptic_operations": float(seen.synaptic_operations.mean()),
            "seconds": time.perf_counter() - start,
        }


def flags(parser: ArgumentParser) -> None:
    """Networks, how they are quantised, and how they are run."""
    add_sources(parser, network=None)
    parser.add_argument("--bits", type=_bits, default=(2, 3, 4), help="bits of the activations (default: 2,3,4)")
    parser.add_argument("--weight-bits", type=int, default=8, help="bits of the weights (default: 8)")
    parser.add_argument("--schedule", nargs="+", choices=SCHEDULES, default=SCHEDULES)
    parser.add_argument(
        "--window", type=int, default=1, help="steps in which the image flows in, synchronous (default: 1)"
    )
    parser.add_argument(
        "--epochs", type=int, default=0, help="of fine-tuning with straight-through gradients (default: none)"
    )
    parser.add_argument("--train-images", type=int, help="use the first so many training images (default: all)")
    parser.add_argument("--synchronous-images", type=int, help="--images of the synchronous schedule, if fewer")


def _bits(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise ArgumentTypeError(f"expected numbers such as 2,3,4, got {text!r}") from error


def cells(options: Namespace) -> Iterator[Cell]:
    """One for each quantised network and schedule; a network whose activations have levels already keeps them."""
    for name in options.network:
        model = network_cell(name, options, train=options.train_images)
        own = card(name, options.weights or WEIGHTS).recipe.levels is not None
        for bits in (None,) if own else options.bits:
            small = quantised_cell(model, bits, options)
            for schedule in options.schedule:
                synchronous = schedule == "synchronous"
                images = options.synchronous_images if synchronous else None
                window = options.window if synchronous else 1
                stage = ExactMeasurement(small.name, SAMPLES, schedule, window, images)
                yield measure_cell(stage, f"{small.name}-{schedule}", small)


def quantised_cell(model: Cell, bits: int | None, options: Namespace) -> Cell:
    """The network with weights of `options.weight_bits` and activations of `bits` bits, fine-tuned."""
    widths, training = {"bits": options.weight_bits, "activation_bits": bits}, {"epochs": options.epochs, "lr": 1e-4}
    told = f"{model.name}-{'own' if bits is None else f'{bits}bit'}-w{options.weight_bits}-e{options.epochs}"
    stage = CompressStage(methods=({"method": "quantize", **widths, "training": training},))
    return measure_cell(stage, told, model, role="model")


def tables(measured: SweepRows) -> Iterator[tuple[str, Table]]:
    """One table of all pairs, after the accuracy of the models that they come from."""
    yield "float and quantised models", Table.of(measured.rows("accuracy"))
    yield "integers and spikes", Table.of(measured.rows("exact"))


def holds(measured: SweepRows) -> bool:
    """Whether all logits are equal."""
    return all(row["logits_equal"] == row["compared"] for row in measured.rows("exact"))


SWEEP = SweepCommand(__doc__, flags, cells, tables, holds)
