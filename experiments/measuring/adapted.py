"""Networks of the zoo without a spiking form: adapted, converted, and estimated for hardware.

What convert refuses and max pooling are replaced and the child is trained on the training images, judged by the test images. The
training is stored after each epoch.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from spikewright import Table
from spikewright.experiments.measuring.cells import add_sources, measure_cell, network_cell
from spikewright.experiments.measuring.measurement import Measurement, Values
from spikewright.experiments.measuring.sweeps import SweepCommand, SweepRows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.stages.adapting import AdaptStage

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network

SAMPLES = 512
DEVICE = "xc7a100t"


@dataclass(frozen=True)
class AdaptedMeasurement(Measurement):
    """What is right of the test images in spikes and in integers, and the cheapest design.

    steps: of the rate code.
    device: the FPGA.
    """

    version: ClassVar[int] = 1
    table: ClassVar[str] = "adapted_spikes"
    steps: int
    device: str

    def measure(self, model: Any, data: "Dataset") -> Values:
        """Accuracy of the spiking networks, float and fixed point, and the estimate of the cheapest design."""
        from spikewright.conversion import Rate, Ttfs
        from spikewright.conversion.converting import convert
        from spikewright.hardware import explore
        from spikewright.snn import simulate

        samples = data.train_images[: self.samples]
        rate, timed = convert(model, samples, Rate(self.steps)), convert(model, samples, Ttfs())
        fixed = rate.to_fixed()
        activity = simulate(fixed, data.test_images)
        best = min(explore([(fixed, activity)], device=self.device).table, key=lambda row: row["fpga_energy_uj"])
        return {
            f"rate_{self.steps}": _right(rate, data),
            f"rate_{self.steps}_fixed": activity.accuracy(data.test_labels),
            "ttfs": _right(timed, data),
            **{name: best[name] for name in ("lut", "block_ram", "latency_us", "fpga_energy_uj") if name in best},
        }


def _right(network: "Network", data: "Dataset") -> float:
    from spikewright.snn import simulate

    return float(simulate(network, data.test_images).accuracy(data.test_labels))


def flags(parser: ArgumentParser) -> None:
    """Networks and their training."""
    add_sources(parser, network="gated-fashion")
    parser.add_argument("--steps", type=int, default=16, help="of the rate code (default: 16)")
    parser.add_argument(
        "--step-epochs", type=int, default=1, help="training after each replacement but the last (default: 1)"
    )
    parser.add_argument("--epochs", type=int, default=5, help="training after the last one (default: 5)")
    parser.add_argument("--unlabelled", action="store_true", help="learn from the original alone, without labels")
    parser.add_argument("--train", type=int, help="use the first so many training images (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the images (default: 0)")


def cells(options: Namespace) -> Iterator[Cell]:
    """One for each network."""
    for name in options.network:
        model = replace(network_cell(name, options, train=options.train), seed=options.seed)
        stage = AdaptStage(
            for_hardware=True, step_epochs=options.step_epochs, epochs=options.epochs, batch_size=128,
            labelled=not options.unlabelled,
        )  # fmt: skip
        small = measure_cell(stage, name, model)
        yield measure_cell(AdaptedMeasurement(name, SAMPLES, options.steps, DEVICE), name, small)


def tables(measured: SweepRows) -> Iterator[tuple[str, Table]]:
    """Of each network what was replaced, and what it is then."""
    spikes: dict[str, Any] = {row["network"]: row for row in measured.rows("adapted_spikes")}
    for (name,), rows in measured.by("adaptation", "network"):
        yield f"{name}, replaced:", Table.of(rows)
    for row in measured.rows("adapted"):
        yield f"{row['network']}, adapted:", Table.of([{**row, **spikes.get(row["network"], {})}])


SWEEP = SweepCommand(__doc__, flags, cells, tables)
