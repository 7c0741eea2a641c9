"""Trained networks of the zoo in fixed point, spiking or as quantised CNNs, their test images, and lanes for them."""

from pathlib import Path
from typing import Any

from torch import nn

from spikewright import InvalidInput, convert, quantize
from spikewright.conversion import Latency, Phase, Quantized, Rate, Recipe, Ttfs
from spikewright.experiments import zoo
from spikewright.experiments.data.load import load_dataset
from spikewright.hardware.circuit.shapes import PhysicalLanes, as_map
from spikewright.snn import Network

RECIPES: dict[str, Recipe] = {
    "rate": Rate(steps=7),
    "signed": Rate(steps=7, neuron="signed"),
    "burst": Rate(steps=7, neuron="burst"),
    "layerwise": Rate(steps=7, schedule="layerwise"),
    "ttfs": Ttfs(),
    "latency": Latency(),
    "phase": Phase(),
    "quantized": Quantized(integer=True),
}
"""The last one makes a MAC core: of the network with weights of eight bits and activations of four."""
SAMPLES = 512
WITH_MAXIMA = {"lenet5-max-mnist": "lenet5-mnist", "small-max-digits": "small-digits"}
"""Networks that pool by maximum: the zoo's weights, trained with average pooling. As Caffe's LeNet, they send through gates."""
LENET = {
    "conv1": PhysicalLanes(20),
    "conv2": PhysicalLanes(50),
    "fc1": PhysicalLanes(50),
    "fc2": PhysicalLanes(10),
}
"""130 lanes for LeNet-5, all channels of a pixel at once: three times as many images in an hour of Verilator as with 435 lanes
that have rows and columns too, whose wide words it takes apart in every cycle."""


def trained(name: str, recipe: str, data: Path | None) -> tuple[Network, Any]:
    """A network of the zoo by a recipe, in fixed point, and all images of its test set.

    `data`: the folder of the data sets; not needed for the digits. Raises InvalidInput for unknown names.
    """
    if recipe not in RECIPES:
        raise InvalidInput(f"expected a recipe out of {', '.join(RECIPES)}, got {recipe!r}")
    base = WITH_MAXIMA.get(name, name)
    found = load_dataset(zoo.card(base).dataset, data)
    model, samples = zoo.load(base), found.train_images[:SAMPLES]
    if base != name:
        pool_by_maximum(model)
    if recipe == "quantized":
        model = quantize(model, bits=8, data=(samples, found.train_labels[:SAMPLES]), activation_bits=4)
    network = convert(model, samples, RECIPES[recipe])
    return network if network.numbers == "fixed" else network.to_fixed(), found.test_images


def pool_by_maximum(model: nn.Module) -> None:
    """Put a MaxPool2d in the place of each AvgPool2d of a model."""
    for name, part in model.named_modules():
        if isinstance(part, nn.AvgPool2d):
            model.set_submodule(name, nn.MaxPool2d(part.kernel_size, part.stride, part.padding))


def lanes_for(name: str, network: Network, most: int | None) -> dict[str, PhysicalLanes]:
    """Up to `most` lanes for each layer of a network of the zoo; None for a choice of many lanes."""
    if most is None and name.startswith("lenet5") and name not in WITH_MAXIMA:
        return LENET
    return lanes_up_to(network, 128 if most is None else most)


def lanes_up_to(network: Network, most: int) -> dict[str, PhysicalLanes]:
    """At most `most` lanes for each layer: as many rows and columns as the kernels that reach it, the rest channels."""
    found = {}
    for population in network.order[1:]:
        shape, incoming = as_map(population.shape), network.incoming[population.name]
        kernels = [_kernel(projection.synapse) for projection in incoming]
        rows, columns = (min(max(kernel[axis] for kernel in kernels), shape[axis + 1]) for axis in (0, 1))
        rows, columns = (rows, columns) if rows * columns <= most else (1, 1)
        found[population.name] = PhysicalLanes(max(1, min(shape[0], most // (rows * columns))), rows, columns)
    return found


def _kernel(synapse: Any) -> tuple[int, int]:
    """Its rows and columns; one where its taps lie apart."""
    if max(getattr(synapse, "dilation", (1, 1))) > 1:
        return 1, 1
    if synapse.weights is None or len(synapse.weights.shape) < 4:
        return getattr(synapse, "kernel", None) or getattr(synapse, "factor", (1, 1))
    return tuple(synapse.weights.shape[2:])
