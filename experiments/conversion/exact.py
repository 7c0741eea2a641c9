"""Integer CNNs and their spiking twins on whole test sets: are all logits equal, after how many steps?

    python -m spikewright.experiments.conversion.exact --data FOLDER --network lenet5-mnist --bits 2,3,4 --output runs/exact

Networks of the zoo are quantised (weights to --weight-bits, activations to each of --bits), fine-tuned for --epochs, and run as
integers and as spikes. Quantised networks and rows are kept in the output folder: a second call goes on from there. Exit code 1
when logits differ.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from spikewright import Progress, Table
from spikewright.experiments.conversion.rows import (
    Rows,
    TestedNetwork,
    Values,
    add_output,
    add_sources,
    run,
    tested_network,
)
from spikewright.progress import shown

if TYPE_CHECKING:
    from spikewright.compress import Compressed

SCHEDULES = ("layerwise", "synchronous")


@dataclass(frozen=True)
class ExactRow:
    """What is measured in one row.

    `weights`: the checksum of the network's. `bits`: of the activations, None for a network whose activations have levels
    already. `images`: of the test set, None for all.
    """

    network: str
    weights: str
    bits: int | None
    weight_bits: int
    schedule: str
    window: int
    epochs: int
    train_images: int | None
    images: int | None

    @property
    def quantised(self) -> str:
        """The name of the quantised network."""
        activations = "own" if self.bits is None else f"{self.bits}bit"
        shortened = "" if self.train_images is None else f"-of{self.train_images}"
        return f"{self.network}-{activations}-w{self.weight_bits}-e{self.epochs}{shortened}-{self.weights[:8]}"

    @property
    def name(self) -> str:
        """The name of the row."""
        window = f"-{self.window}" if self.window > 1 else ""
        return f"{self.quantised}-{self.schedule}{window}-{self.images or 'all'}"


def measure(row: ExactRow, found: TestedNetwork, output: Path, *, progress: Progress = shown) -> Values:
    """The row's values; the quantised network is kept in `output`."""
    from spikewright.conversion import Exact, exact, verify

    model = quantised(row, found, output, progress=progress)
    recipe = Exact(row.schedule, row.window)  # type: ignore[arg-type]
    pair = exact(model, found.data.train_images[:200], recipe)
    images, labels = found.data.test_images[: row.images], found.data.test_labels[: row.images]
    start = time.perf_counter()
    seen = verify(pair, images, progress=progress)
    return {
        "network": row.network,
        "levels": max(p.neuron.levels or 0 for p in pair.cnn.populations),
        "weight_bits": row.weight_bits,
        "schedule": row.schedule,
        "window": row.window,
        "epochs": row.epochs,
        "float_accuracy": found.accuracy,
        "cnn_accuracy": float((seen.cnn_predictions == labels).mean()),
        "snn_accuracy": float((seen.snn_predictions == labels).mean()),
        "images": len(labels),
        "logits_equal": int(seen.equal.sum()),
        "unsettled": int((~seen.settled).sum()),
        "steps_median": float(np.median(seen.steps)),
        "steps_max": int(seen.steps.max()),
        "steps_bound": pair.latency_steps,
        "spikes": float(seen.spikes.mean()),
        "synaptic_operations": float(seen.synaptic_operations.mean()),
        "seconds": time.perf_counter() - start,
    }


def quantised(row: ExactRow, found: TestedNetwork, output: Path, *, progress: Progress = shown) -> "Compressed":
    """The quantised network of a row, read from `output` where it was made before."""
    from spikewright.compress import QuantizeSettings, TrainSettings, load, quantize, save

    path = output / f"{row.quantised}.safetensors"
    if path.is_file():
        return load(path, found.model)
    settings = QuantizeSettings(training=TrainSettings(epochs=row.epochs, lr=1e-4))
    images = (found.data.train_images, found.data.train_labels)
    made = quantize(
        found.model, row.weight_bits, images, activation_bits=row.bits, settings=settings, progress=progress
    )
    save(made, path)
    return made


def asked(found: TestedNetwork, options: argparse.Namespace) -> Iterator[ExactRow]:
    """All rows of a network that were asked for; one whose activations have levels already keeps them."""
    from spikewright.compress import QuantizedReLU

    own = any(isinstance(module, QuantizedReLU) for module in found.model.modules())
    for bits in (None,) if own else options.bits:
        for schedule in options.schedule:
            synchronous = schedule == "synchronous"
            images = options.synchronous_images or options.images if synchronous else options.images
            window = options.window if synchronous else 1
            given = (options.weight_bits, schedule, window, options.epochs, options.train_images, images)
            yield ExactRow(found.name, found.asked["weights"], bits, *given)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table; returns the exit code: 1 when logits differ, 2 after bad input."""
    return run(_parser().parse_args(arguments), _table)


def _table(options: argparse.Namespace, rows: Rows) -> int:
    values = []
    for name in options.network:
        found = tested_network(name, options, train=options.train_images)
        for row in asked(found, options):
            measured = partial(measure, row, found, options.output, progress=rows.progress)
            values.append(rows.row(row.name, asdict(row), measured))
    print(Table.of(values))
    return 0 if all(one["logits_equal"] == one["images"] for one in values) else 1


def _bits(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected numbers such as 2,3,4, got {text!r}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spikewright.experiments.conversion.exact", description=__doc__.split("\n\n")[0]
    )
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
    add_output(parser, "runs/exact")
    return parser


if __name__ == "__main__":
    sys.exit(main())
