"""What becomes of an architecture: whether it converts, and how far the plan and the spiking network are from it."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

from spikewright.conversion import Rate, Ttfs, Unconvertible, convert, forward, rewritten
from spikewright.snn import MaxGate, Network, Source, TernaryIF, simulate
from tests.conversion import known
from tests.conversion.architectures import CASES, Case, images, lively
from tests.conversion.blocks import BLOCKS
from tests.conversion.spelled import SPELLED
from tests.conversion.written import WRITTEN

STEPS = 1024
"""Steps of a rate code where values have both signs."""


@dataclass(frozen=True)
class Verdict:
    """`plan`, `spiking`: see `relative`; `reason`: of a refusal."""

    converts: bool
    layers: int = 0
    populations: int = 0
    neurons: int = 0
    gates: int = 0
    signed: int = 0
    plan: float = float("nan")
    spiking: float = float("nan")
    reason: str = ""


def judged(case: Case, count: int = 2, *, signed: bool = False) -> Verdict:
    """The verdict on a case that converts: against the model in float64, by spike times or by `STEPS` steps of rates."""
    model, x = lively(case), images(case, count)
    truth = answer(model, x)
    layers = sum(isinstance(one, LAYERS) for one in model.modules())
    stands_for = rewritten(model, x)
    network = convert(model, x, Rate(STEPS, percentile=100.0, calibration=None) if signed else Ttfs(ranges="interval"))
    spikes = torch.from_numpy(simulate(network, x.numpy()).logits * network.logit_scale).double()
    plan, spiking = relative(stands_for(x), truth), relative(ended(spikes, stands_for.plan.ending, truth), truth)
    return Verdict(True, layers, *_sizes(network), plan, spiking)


def refused(make: Callable[[], nn.Module], samples: Tensor) -> Verdict:
    """The verdict on a model that has no spiking form; one that converts all the same says so."""
    try:
        convert(make().eval(), samples, Rate(4))
    except Unconvertible as error:
        told = str(error).split(" without: ")[-1]
        return Verdict(False, reason=told.split("; or adapt(")[0])
    return Verdict(True)


def answer(model: nn.Module, x: Tensor) -> Tensor:
    """The model's own output in float64."""
    with torch.no_grad():
        result: Tensor = model.double()(x.double())
    model.float()
    return result


def ended(logits: Tensor, ending: str | None, like: Tensor) -> Tensor:
    """Logits in the shape of the model's output, through the function that it ends in."""
    return forward.ended(logits.reshape(like.shape), ending)


def relative(found: Tensor, truth: Tensor) -> float:
    """max |found - truth|, relative to how far the answers to these images lie from their mean.

    That is less than the largest answer, of which most may be the same for every image.
    """
    return float((found - truth).abs().max() / (truth - truth.mean(0)).abs().max())


def _sizes(network: Network) -> tuple[int, int, int, int]:
    """Populations, neurons, gates and neurons with spikes of both signs."""
    inner = [p for p in network.populations if not isinstance(p.neuron, Source)]
    gates = sum(prod(p.shape) for p in inner if isinstance(p.neuron, MaxGate))
    both = sum(prod(p.shape) for p in inner if isinstance(p.neuron, TernaryIF))
    return len(inner), sum(prod(p.shape) for p in inner), gates, both


LAYERS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
"""Layers with weights."""
IN_SMALL: dict[str, Case] = {
    "LeNet-5": Case(known.lenet5, (1, 28, 28), "LeNet-5 with max pooling, 28 x 28"),
    "VGG-16": Case(lambda: known.vgg16(8), (3, 32, 32), "VGG-16 with batch norm, 32 x 32"),
    "ResNet-18": Case(lambda: known.resnet18(6), (3, 32, 32), "ResNet-18, 32 x 32"),
    "ResNet-20": Case(lambda: known.resnet20(4), (3, 32, 32), "ResNet-20, 32 x 32"),
    "MobileNetV2": Case(lambda: known.MobileNetV2(0.25, 64), (3, 32, 32), "MobileNetV2, 32 x 32"),
    "DenseNet": Case(lambda: known.densenet(4, 3), (3, 32, 32), "DenseNet, three blocks, 32 x 32"),
    "Inception": Case(lambda: known.inception(4), (3, 32, 32), "Inception, three blocks, 32 x 32"),
}
IN_FULL: dict[str, Case] = {
    "LeNet-5": IN_SMALL["LeNet-5"],
    "VGG-16": Case(known.vgg16, (3, 32, 32), IN_SMALL["VGG-16"].shows),
    "ResNet-18": Case(known.resnet18, (3, 32, 32), IN_SMALL["ResNet-18"].shows),
    "ResNet-20": Case(known.resnet20, (3, 32, 32), IN_SMALL["ResNet-20"].shows),
    "MobileNetV2": Case(known.MobileNetV2, (3, 32, 32), IN_SMALL["MobileNetV2"].shows),
    "DenseNet": Case(known.densenet, (3, 32, 32), IN_SMALL["DenseNet"].shows),
    "Inception": Case(known.inception, (3, 32, 32), IN_SMALL["Inception"].shows),
}
EXACT: dict[str, Case] = {**CASES, **BLOCKS, **WRITTEN, **SPELLED}
