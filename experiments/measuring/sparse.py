"""Few spikes by training: time-to-first-spike networks with and without a penalty on active neurons.

Each network is trained from scratch with the penalty of `TrainRecipe.activity`, converted exactly, and counted: at most one
spike a neuron, and none of neurons that are not active (Stanojevic et al. 2024 reach < 0.3 spikes per neuron). With --tune,
the spike times of each network on --levels slots are then learned directly, through the network's differentiable twin.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from spikewright import Table
from spikewright.experiments.measuring.cells import add_data, dataset_of, measure_cell, stage_cell
from spikewright.experiments.measuring.measurement import Measurement, Values
from spikewright.experiments.measuring.sweeps import SweepCommand, SweepRows
from spikewright.experiments.measuring.timing import accuracy_and_spikes
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.stages.training import TrainStage

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset

SAMPLES = 1000


@dataclass(frozen=True)
class SparseMeasurement(Measurement):
    """The spikes of a network that was trained for few of them.

    activity: the weight of the penalty.
    tune: training images that spike times are tuned on; 0: they are not.
    levels: slots of a window when tuning.
    """

    version: ClassVar[int] = 1
    table: ClassVar[str] = "sparse"
    activity: float
    tune: int
    levels: int

    def measure(self, model: Any, data: "Dataset") -> Values:
        """Accuracy and spikes with exact times, and on a grid of times before and after the tuning."""
        from spikewright.conversion import Ttfs, check_times, convert

        check = check_times(model, convert(model, data.train_images[: self.samples], Ttfs()), data.test_images)
        return {
            "ann_accuracy": float((check.model_logits.argmax(axis=1) == data.test_labels).mean()),
            "ttfs_accuracy": float((check.logits.argmax(axis=1) == data.test_labels).mean()),
            "predicted_otherwise": len(check.differing),
            "spikes_per_neuron": check.spikes_per_neuron,
            **(self._tuned(model, data) if self.tune else {}),
        }

    def _tuned(self, model: Any, data: "Dataset") -> Values:
        """One epoch of direct fine-tuning on some images."""
        from spikewright.conversion import Ttfs, convert
        from spikewright.conversion.tuning.times import TimesTuning, tune_times

        recipe = Ttfs("least-squares", levels=self.levels, input_levels=self.levels)
        network = convert(model, data.train_images[: self.samples], recipe)
        images = data.train_images[: self.tune], data.train_labels[: self.tune]
        after = tune_times(network, images, TimesTuning(lr=1e-3, sparsity=self.activity))
        row: Values = {}
        for name, one in (("converted", network), ("tuned", after)):
            accuracy, spikes = accuracy_and_spikes(one, data)
            row |= {f"{name}_accuracy": accuracy, f"{name}_spikes": spikes}
        return row


def flags(parser: ArgumentParser) -> None:
    """What is trained, how, and whether it is tuned."""
    add_data(parser)
    parser.add_argument("--dataset", default="digits", help="data set (default: digits)")
    parser.add_argument("--model", default="small_cnn", help="architecture (default: small_cnn)")
    parser.add_argument("--activity", type=float, nargs="+", default=[0.0, 0.1], help="weights of the penalty")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of training (default: 3)")
    parser.add_argument("--batch-size", type=int, default=32, help="images of a training step (default: 32)")
    parser.add_argument("--lr", type=float, default=0.05, help="peak learning rate (default: 0.05)")
    parser.add_argument("--train", type=int, help="use only so many training images")
    parser.add_argument("--tune", type=int, default=0, help="fine-tune spike times directly on so many images")
    parser.add_argument("--levels", type=int, default=7, help="slots of a window when tuning (default: 7)")
    parser.add_argument("--seed", type=int, default=0, help="seed of weights and order (default: 0)")


def cells(options: Namespace) -> Iterator[Cell]:
    """One for each weight of the penalty."""
    for activity in options.activity:
        model = trained_cell(activity, options)
        stage = SparseMeasurement(model.name, SAMPLES, activity, options.tune, options.levels)
        yield measure_cell(stage, model.name, model)


def trained_cell(activity: float, options: Namespace) -> Cell:
    """The network that is trained. Raises InvalidInput for a model or a recipe that is not there."""
    from spikewright.experiments.models.table import architecture
    from spikewright.experiments.training.recipe import TrainRecipe

    architecture(options.model)
    dataset, place = dataset_of(options.dataset, options, options.train)
    training = {"epochs": options.epochs, "batch_size": options.batch_size, "lr": options.lr, "activity": activity}
    TrainRecipe.from_dict(training)
    name = f"{options.dataset}-{options.model}-{activity}"
    stage = TrainStage(architecture=options.model, training=training)
    return stage_cell(stage, name, {"dataset": dataset}, place=place, seed=options.seed)


def tables(measured: SweepRows) -> Iterator[tuple[str, Table]]:
    """One table of all networks."""
    yield "trained for few spikes", Table.of(measured.rows("sparse"))


SWEEP = SweepCommand(__doc__, flags, cells, tables)
