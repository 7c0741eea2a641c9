"""Is what a conversion says of itself true? Its verdict on a few images beside the agreement on the whole test set.

For each network of the zoo and number of steps: `Rate(steps)` is converted from training images and judged on the first test
images; then all test images are run, and those that follow the judged ones alone.
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

SAMPLES = 512
"""Training images that the network is made on."""
STEPS = (4, 8, 16, 32)
CHUNK = 500


@dataclass(frozen=True)
class AgreementMeasurement(Measurement):
    """The verdict of a conversion, and what the test set says.

    steps: of the rate code.
    judged: the first test images, so many, that the verdict is seen on.
    """

    version: ClassVar[int] = 1
    table: ClassVar[str] = "agreement"
    steps: int
    judged: int

    def measure(self, model: Any, data: "Dataset") -> Values:
        """What was `said`, and on the test set `agreement` of all images, `agreement_after` of those that were not judged;
        `inside`, `inside_after`: whether these lie in the interval of the verdict."""
        from spikewright.conversion import Rate, convert

        judged = data.test_images[: self.judged]
        network = convert(model, data.train_images[: self.samples], Rate(self.steps), judge=judged)
        verdict = network.report.verdict
        if verdict is None:
            return {"said": None}
        low, high = verdict.seen.interval
        agreed = same_answers(model, network, data.test_images)
        whole, after = float(agreed.mean()), float(agreed[self.judged :].mean())
        return {
            "said": verdict.seen.share,
            "low": low,
            "high": high,
            "agreement": whole,
            "agreement_after": after,
            "inside": low <= whole <= high,
            "inside_after": low <= after <= high,
            "worst": verdict.worst,
            "enough": verdict.enough,
        }


def same_answers(model: Any, network: Any, images: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether network and model answer alike, for each image."""
    import torch

    from spikewright.snn import simulate

    parts = []
    with torch.no_grad():
        for start in range(0, len(images), CHUNK):
            batch = images[start : start + CHUNK]
            expected = model(torch.as_tensor(batch)).argmax(1).numpy()
            parts.append(simulate(network, batch).predictions == expected)
    return np.concatenate(parts)


def flags(parser: ArgumentParser) -> None:
    """Networks, --steps and --judged."""
    add_sources(parser, network="lenet5-mnist")
    parser.add_argument(
        "--steps", type=int, nargs="*", default=list(STEPS), help="lengths of the run (default: 4 8 16 32)"
    )
    parser.add_argument(
        "--judged", type=int, default=1000, help="test images that the verdict is seen on (default: 1000)"
    )


def cells(options: Namespace) -> Iterator[Cell]:
    """One for each network and number of steps."""
    for name in options.network:
        model = network_cell(name, options)
        for steps in options.steps:
            yield measure_cell(
                AgreementMeasurement(name, SAMPLES, steps, options.judged), f"{name}-{steps}-steps", model
            )


def tables(measured: SweepRows) -> Iterator[tuple[str, Table]]:
    """A table for each network."""
    for (name,), rows in measured.by("agreement", "network"):
        yield f"{name}:", Table.of(rows)


SWEEP = SweepCommand(__doc__, flags, cells, tables)
