"""The stages up to the spiking network and its activity: train, compress, convert, simulate."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Progress, silent
from spikewright.experiments.models.factory import check_fits, factory_of
from spikewright.experiments.runs.origin import Origin, stamp
from spikewright.experiments.runs.spec import CompressionPart
from spikewright.experiments.runs.tasks import Task
from spikewright.experiments.runs.work import COMPRESSED, MODEL, Rows, Work, plain
from spikewright.experiments.stages.convert import convert
from spikewright.experiments.stages.hardware import hardware
from spikewright.experiments.stages.robustness import attack, noise

if TYPE_CHECKING:
    from torch import nn

    from spikewright.compress import Compressed
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Activity, Network

RASTER_FILE = "raster.npz"


def train(step: Work) -> Rows:
    """The model: trained here, taken from the zoo, or the user's own."""
    from spikewright.experiments.training.checkpoint import save_weights

    dataset = step.dataset
    model, origin = _model(step, dataset)
    check_fits(model, dataset)
    save_weights(step.folder / MODEL, model, origin)
    rows = {"accuracy": [model_accuracy(model, dataset, "ann")]}
    return {**rows, "training": [dict(epoch) for epoch in origin.log]}


def _model(step: Work, dataset: "Dataset") -> "tuple[nn.Module, Origin]":
    part = step.params["model"]
    if part["factory"] is not None:
        from spikewright import compress as package
        from spikewright.experiments.runs.artifacts import load_model

        model = load_model(step.task.place["weights"], factory_of(part["factory"]))
        inner = model.model if isinstance(model, package.Compressed) else model
        return inner, Origin(part["factory"], dataset.name, len(dataset.classes), step.seed)
    if part["zoo"] is not None:
        from spikewright.experiments import card, load

        known = card(part["zoo"])
        log = tuple(asdict(epoch) for epoch in known.log.epochs)
        return load(part["zoo"]), Origin(known.model, known.dataset, len(dataset.classes), known.seed, log)
    return trained(part["architecture"], dataset, {"seed": step.seed, **part["training"]}, step)


def trained(architecture: str, dataset: "Dataset", recipe: dict[str, Any], step: Work) -> "tuple[nn.Module, Origin]":
    """A built-in model, trained from scratch."""
    from spikewright.experiments.models.table import build
    from spikewright.experiments.training.run import TrainRecipe
    from spikewright.experiments.training.run import train as fit

    chosen = TrainRecipe.from_dict(recipe)
    model = build(architecture, classes=len(dataset.classes), seed=chosen.seed)
    check_fits(model, dataset)
    log = fit(model, dataset, chosen, progress=step.progress)
    rows = tuple(asdict(epoch) for epoch in log.epochs)
    return model, Origin(architecture, dataset.name, len(dataset.classes), chosen.seed, rows)


def compress(step: Work) -> Rows:
    """Prune and quantise with fine-tuning; the footprint before and after."""
    from spikewright import compress as package
    from spikewright.experiments.runs.origin import origin_of

    dataset = step.dataset
    part = CompressionPart.model_validate(step.params["compression"])
    model = step.model()
    small = compressed(model, dataset, part, step.seed, step.progress)
    package.save(small, step.folder / COMPRESSED)
    origin = origin_of(step.inputs["model"] / MODEL)
    if origin is not None:
        stamp(step.folder / COMPRESSED, origin)
    name = step.task.name
    rows = [{"network": name, **row} for row in footprint_rows(model, small)]
    accuracy = model_accuracy(small, dataset, name)
    return {
        "accuracy": [accuracy],
        "footprint": rows,
        "compression": [{"network": name, "done": s} for s in small.steps],
    }


def compressed(
    model: Any, dataset: "Dataset", part: CompressionPart, seed: int = 0, progress: Progress = silent
) -> "Compressed":
    """`part` applied to `model`; each fine-tuning sees the first `part.images` training images."""
    from spikewright.compress import PruneSettings, QuantizeSettings, TrainSettings, prune, quantize

    data = (dataset.train_images[: part.images], dataset.train_labels[: part.images])
    tuning = TrainSettings(epochs=part.round_epochs, lr=2e-3, label_smoothing=0.1, seed=seed)
    pruning = PruneSettings(rounds=part.rounds, final_epochs=part.final_epochs, training=tuning)
    small = prune(model, part.sparsity, data, settings=pruning, progress=progress)
    if part.bits is None:
        return small
    settings = QuantizeSettings(training=TrainSettings(epochs=part.quantize_epochs, label_smoothing=0.1, seed=seed))
    wanted = part.activation_bits
    return quantize(small, part.bits, data, activation_bits=wanted, settings=settings, progress=progress)


def footprint_rows(before: Any, after: Any) -> list[dict[str, Any]]:
    """One row for each layer: bits in float32 and bits now."""
    from spikewright.compress import footprint

    small = footprint(after)
    return [
        {
            "layer": layer.path,
            "weights": layer.weights,
            "kept": layer.kept,
            "weight_bits_each": layer.bits,
            "storage": layer.storage,
            "before_bits": old.dense_bits,
            "weight_bits": layer.weight_bits,
            "index_bits": layer.index_bits,
            "other_bits": layer.scale_bits + layer.bias_bits,
            "after_bits": layer.total_bits,
        }
        for old, layer in zip(footprint(before).layers, small.layers, strict=True)
    ]


def simulate(step: Work) -> Rows:
    """The whole test split through the engine; the rasters of the first test image are kept for the figure."""
    from spikewright.snn import simulate as run

    network, dataset, name = step.network(), step.dataset, step.task.name
    run(network, dataset.test_images[:1])  # compiles
    start = time.perf_counter()
    activity = run(network, dataset.test_images)
    seconds = time.perf_counter() - start
    _save_raster(step, network, dataset)
    return {
        "accuracy": [{**network_accuracy(network, activity, dataset.test_labels, name), "seconds": seconds}],
        "accuracy_over_steps": [
            {"network": name, "step": place + 1, "accuracy": value, "samples": len(dataset.test_labels)}
            for place, value in enumerate(activity.accuracy_over_time(dataset.test_labels))
        ],
        "activity": [{"network": name, **row} for row in activity_rows(network, activity)],
    }


def _save_raster(step: Work, network: "Network", dataset: "Dataset") -> None:
    from spikewright.snn import simulate as run

    rasters = run(network, dataset.test_images[:1], record=("rasters",)).rasters
    flat: dict[str, Any] = {name: np.asarray(raster)[:, 0].reshape(len(raster), -1) for name, raster in rasters.items()}
    np.savez_compressed(step.folder / RASTER_FILE, **flat)


def model_accuracy(model: Any, dataset: "Dataset", name: str) -> dict[str, Any]:
    """Accuracy of a model on the whole test split, with its 95 % interval."""
    from spikewright.compress import accuracy

    model.eval()
    samples = len(dataset.test_labels)
    right = round(accuracy(model, (dataset.test_images, dataset.test_labels)) * samples)
    return {"network": name, "kind": "ANN", **_share(right, samples)}


def network_accuracy(network: "Network", activity: "Activity", labels: Any, name: str) -> dict[str, Any]:
    """Accuracy of a spiking network with its 95 % interval, spikes per hidden neuron and synaptic operations.

    Raises InvalidInput for labels that are no class of the network.
    """
    from spikewright.snn import QuantReLU

    integer = any(isinstance(p.neuron, QuantReLU) for p in network.populations)
    hidden = [p.name for p in network.populations if p.name not in (network.input, network.output)]
    neurons = sum(activity.neurons[name] for name in hidden)
    spikes = sum(float(activity.spikes[name].mean()) for name in hidden)
    return {
        "network": name,
        "kind": "integer CNN" if integer else "SNN",
        **_share(round(activity.accuracy(labels) * len(labels)), len(labels)),
        "numbers": network.numbers,
        "steps": network.steps,
        "spikes_per_neuron": spikes / neurons if neurons else 0.0,
        "synaptic_operations": sum(float(count.mean()) for count in activity.synaptic_operations.values()),
        "engine": activity.engine,
    }


def activity_rows(network: "Network", activity: "Activity") -> list[dict[str, Any]]:
    """One row for each population: neurons, spikes of a neuron and an inference, operations into it."""
    return [
        {
            "population": p.name,
            "neurons": p.size,
            "spikes": activity.spikes[p.name].mean(),
            "spikes_per_neuron": activity.spikes_per_neuron[p.name],
            "synaptic_operations": sum(activity.synaptic_operations[q.name].mean() for q in network.incoming[p.name]),
        }
        for p in network.order
    ]


def _share(right: int, samples: int) -> dict[str, Any]:
    from spikewright.robustness.statistics import wilson

    low, high = wilson(right, samples)
    return {"accuracy": right / samples, "low": low, "high": high, "samples": samples}


STAGES: dict[str, Callable[[Work], Rows]] = {
    "train": train,
    "compress": compress,
    "convert": convert,
    "simulate": simulate,
    "noise": noise,
    "attack": attack,
    "hardware": hardware,
}


def run_stage(task: Task, inputs: Mapping[str, Path], folder: Path, progress: Progress) -> Rows:
    """Run the stage of `task.kind`; returns its rows by table, in plain values."""
    rows = STAGES[task.kind](Work(task, inputs, folder, progress))
    return {name: [plain(row) for row in found] for name, found in rows.items()}
