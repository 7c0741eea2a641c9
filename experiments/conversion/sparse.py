"""Few spikes by training: time-to-first-spike networks with and without a penalty on active neurons.

    python -m spikewright.experiments.conversion.sparse --data FOLDER --dataset mnist --model lenet5 --activity 0 0.1 0.3

Each network is trained from scratch with the penalty of `TrainRecipe.activity`, converted exactly, and counted: at most one
spike a neuron, and none of neurons that are not active (Stanojevic et al. 2024 reach < 0.3 spikes per neuron). With --tune,
the spike times of each network on --levels slots are then learned directly, through the network's differentiable twin.
"""

import argparse
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Progress, Table
from spikewright.experiments.conversion.rows import Rows, Values, add_output, run
from spikewright.progress import shown

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset
    from spikewright.experiments.training.recipe import TrainRecipe

SAMPLES = 1000


def measure(
    model_name: str, data: "Dataset", recipe: "TrainRecipe", *, progress: Progress = shown
) -> tuple[Any, Values]:
    """Train, convert, count: the trained model and the row."""
    import torch

    from spikewright.conversion import Ttfs, check_times, convert
    from spikewright.experiments.models.table import build
    from spikewright.experiments.training.run import train

    torch.manual_seed(recipe.seed)
    model = build(model_name)
    log = train(model, data, recipe, progress=progress)
    network = convert(model, data.train_images[:SAMPLES], Ttfs())
    check = check_times(model, network, data.test_images)
    return model, {
        "activity": recipe.activity,
        "epochs": recipe.epochs,
        "ann_accuracy": log.epochs[-1].test_accuracy,
        "ttfs_accuracy": float((check.logits.argmax(axis=1) == data.test_labels).mean()),
        "differing": len(check.differing),
        "spikes_per_neuron": check.spikes_per_neuron,
    }


def tuned(model: Any, data: "Dataset", levels: int, images: int, sparsity: float) -> Values:
    """Accuracy and spikes on a grid of spike times, before and after one epoch of direct fine-tuning on some images."""
    from spikewright.conversion import Ttfs, convert
    from spikewright.conversion.tuning.times import TimesTuning, tune_times
    from spikewright.experiments.conversion.timing import measured

    network = convert(model, data.train_images[:SAMPLES], Ttfs("least-squares", levels=levels, input_levels=levels))
    after = tune_times(
        network, (data.train_images[:images], data.train_labels[:images]), TimesTuning(lr=1e-3, sparsity=sparsity)
    )
    row: Values = {"levels": levels}
    for name, one in (("converted", network), ("tuned", after)):
        accuracy, spikes = measured(one, data)
        row |= {f"{name}_accuracy": accuracy, f"{name}_spikes": spikes}
    return row


def main(arguments: list[str] | None = None) -> int:
    """Train, measure, print; returns the exit code, 2 after bad input."""
    return run(_parser().parse_args(arguments), _table)


def _table(options: argparse.Namespace, rows: Rows) -> int:
    from spikewright.experiments.data.load import load_dataset
    from spikewright.experiments.training.recipe import TrainRecipe

    data = load_dataset(options.dataset, options.data).first(options.train, options.images)
    what = {"dataset": options.dataset, "model": options.model}
    size = {"train": len(data.train_labels), "test": len(data.test_labels)}
    values = []
    for activity in options.activity:
        given = {"epochs": options.epochs, "batch_size": options.batch_size, "lr": options.lr, "seed": options.seed}
        recipe = TrainRecipe(activity=activity, **given)
        asked = {**what, **size, **asdict(recipe), "tune": options.tune, "levels": options.levels}
        measured = partial(_row, options, data, recipe, rows.progress)
        values.append({**what, **rows.row(f"{options.dataset}-{options.model}-{activity}", asked, measured)})
    print(Table.of(values))
    return 0


def _row(options: argparse.Namespace, data: "Dataset", recipe: "TrainRecipe", progress: Progress) -> Values:
    model, row = measure(options.model, data, recipe, progress=progress)
    return row | (tuned(model, data, options.levels, options.tune, recipe.activity) if options.tune else {})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spikewright.experiments.conversion.sparse", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the data sets; without it, they are downloaded")
    parser.add_argument("--dataset", default="digits", help="data set (default: digits)")
    parser.add_argument("--model", default="small_cnn", help="architecture (default: small_cnn)")
    parser.add_argument("--activity", type=float, nargs="+", default=[0.0, 0.1], help="weights of the penalty")
    parser.add_argument("--epochs", type=int, default=3, help="epochs of training (default: 3)")
    parser.add_argument("--batch-size", type=int, default=32, help="images of a training step (default: 32)")
    parser.add_argument("--lr", type=float, default=0.05, help="peak learning rate (default: 0.05)")
    parser.add_argument("--train", type=int, help="use only so many training images")
    parser.add_argument("--images", type=int, help="use only so many test images")
    parser.add_argument("--tune", type=int, default=0, help="fine-tune spike times directly on so many images")
    parser.add_argument("--levels", type=int, default=7, help="slots of a window when tuning (default: 7)")
    parser.add_argument("--seed", type=int, default=0, help="seed of weights and order (default: 0)")
    add_output(parser, "runs/sparse")
    return parser


if __name__ == "__main__":
    sys.exit(main())
