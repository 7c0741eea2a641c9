"""Integer CNNs and their spiking twins on whole test sets: are all logits equal, after how many steps?

    python -m experiments.conversion.exact --data FOLDER --network lenet5-mnist --bits 2,3,4 --output runs/exact

Networks of the zoo are quantised (weights to --weight-bits, activations to each of --bits), fine-tuned for --epochs, and run as
integers and as spikes. Quantised networks and rows are kept in the output folder: a second call goes on from there. Exit code 1
when logits differ.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidFile, Progress, SpikewrightError, Table, atomic_path, silent

if TYPE_CHECKING:
    from compress import Compressed
    from experiments.data import Dataset

SCHEDULES = ("layerwise", "synchronous")


@dataclass(frozen=True)
class Row:
    """What is measured in one row; with the same values an old row is taken over.

    `bits`: of the activations, None for a network whose activations have levels already. `images`: of the test set, None for all.
    """

    network: str
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
        return f"{self.network}-{activations}-w{self.weight_bits}-e{self.epochs}{shortened}"

    @property
    def name(self) -> str:
        """The name of the row."""
        window = f"-{self.window}" if self.window > 1 else ""
        return f"{self.quantised}-{self.schedule}{window}-{self.images or 'all'}"


def measure(row: Row, data: Path | None, output: Path, *, progress: Progress = silent) -> dict[str, Any]:
    """The row's values, read from `output` where it was measured before. Raises InvalidFile for a damaged file."""
    path = output / f"{row.name}.json"
    if path.is_file():
        try:
            found = dict(json.loads(path.read_text()))
        except ValueError as error:
            raise InvalidFile(
                f"expected a row of results in {path}, got: {error}; remove it to measure again"
            ) from error
        return found
    values = _measured(row, data, output, progress)
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(values, indent=2) + "\n")
    return values


def _measured(row: Row, folder: Path | None, output: Path, progress: Progress) -> dict[str, Any]:
    from conversion import Exact, exact, verify
    from experiments import zoo
    from experiments.data import load_dataset

    data = load_dataset(zoo.card(row.network).dataset, folder).first(train=row.train_images, test=row.images)
    model = quantised(row, data, output, progress=progress)
    recipe = Exact(row.schedule, row.window)  # type: ignore[arg-type]
    pair = exact(model, data.train_images[:200], recipe)
    start = time.perf_counter()
    seen = verify(pair, data.test_images, progress=progress)
    labels = data.test_labels
    return {
        "network": row.network,
        "levels": max(getattr(p.neuron, "levels", 0) for p in pair.cnn.populations),
        "weight_bits": row.weight_bits,
        "schedule": row.schedule,
        "window": row.window,
        "epochs": row.epochs,
        "float_accuracy": zoo.card(row.network).accuracy,
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


def quantised(row: Row, data: "Dataset", output: Path, *, progress: Progress = silent) -> "Compressed":
    """The quantised network of a row, read from `output` where it was made before."""
    from compress import QuantizeSettings, TrainSettings, load, quantize, save
    from experiments import zoo

    path, model = output / f"{row.quantised}.safetensors", zoo.load(row.network)
    if path.is_file():
        return load(path, model)
    training = TrainSettings(epochs=row.epochs, lr=1e-4)
    images = (data.train_images, data.train_labels)
    settings = QuantizeSettings(training=training)
    made = quantize(model, row.weight_bits, images, activation_bits=row.bits, settings=settings, progress=progress)
    save(made, path)
    return made


def rows(options: argparse.Namespace) -> Iterator[Row]:
    """All rows that were asked for; a network whose activations have levels already keeps them."""
    from compress import QuantReLU
    from experiments import zoo

    for network in options.network:
        own = any(isinstance(module, QuantReLU) for module in zoo.load(network).modules())
        for bits in (None,) if own else options.bits:
            for schedule in options.schedule:
                synchronous = schedule == "synchronous"
                images = options.synchronous_images or options.images if synchronous else options.images
                window = options.window if synchronous else 1
                yield Row(
                    network, bits, options.weight_bits, schedule, window, options.epochs, options.train_images, images
                )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table; returns the exit code: 1 when logits differ, 2 after bad input."""
    from experiments.cli.console import progress_bars

    options = _parser().parse_args(arguments)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        with progress_bars(options.quiet) as progress:
            values = [measure(row, options.data, options.output, progress=progress) for row in rows(options)]
    except SpikewrightError as error:
        print(error, file=sys.stderr)
        return 2
    table = Table.of(values)
    table.to_csv(options.output / "exact.csv")
    print(table)
    return 0 if all(one["logits_equal"] == one["images"] for one in values) else 1


def _bits(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected numbers such as 2,3,4, got {text!r}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m experiments.conversion.exact", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--network", action="append", required=True, help="a network of the zoo; may be repeated")
    parser.add_argument("--data", type=Path, help="folder with the data sets; without it they are downloaded")
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
    parser.add_argument("--images", type=int, help="use the first so many test images (default: all)")
    parser.add_argument("--synchronous-images", type=int, help="the same for the synchronous schedule")
    parser.add_argument("--output", type=Path, default=Path("runs/exact"), help="folder for networks and rows")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    return parser


if __name__ == "__main__":
    sys.exit(main())
