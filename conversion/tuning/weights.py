"""Fine-tuning of a converted network with surrogate gradients, on labels, over its differentiable twin in torch."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from spikewright import InvalidInput, InvalidNetwork, Progress
from spikewright.compress.training.data import Data, check_shown
from spikewright.compress.training.losses import loss_of
from spikewright.compress.training.threads import steady_while
from spikewright.conversion.calibration.advanced import stored, tunable
from spikewright.conversion.calibration.light import correctable
from spikewright.conversion.calibration.settings import CheckedSettings
from spikewright.label_checks import labels_of
from spikewright.progress import shown, watched
from spikewright.several_heads import only_head
from spikewright.snn import Network, Population, ReportRow, simulate
from spikewright.snn.twin.neurons import TwinLaw
from spikewright.snn.twin.surrogates import Slope, Triangle
from spikewright.snn.twin.synapses import Path, as_column
from spikewright.snn.twin.through_time import TwinRun
from spikewright.tables import Within

CLOSE = 1e-3
"""Logits differ when they differ by more than this share of the largest: a spike came in another step."""
AGREE = 0.9


@dataclass(frozen=True)
class FineTune(CheckedSettings):
    """How `fine_tune` learns: Adam, whose step falls to zero as a cosine. Raises InvalidInput for values out of range.

    epochs: how often all samples are seen.
    batch: samples of a step.
    rate: the first step over the mean magnitude of a layer's weights.
    seed: draws the batches.
    surrogate: the slope of a spike, through time.
    """

    epochs: Annotated[int, Within(1)] = 1
    batch: Annotated[int, Within(1)] = 32
    rate: Annotated[float, Within(above=0.0)] = 0.003
    seed: Annotated[int, Within(0)] = 0
    surrogate: Slope = field(default_factory=Triangle)


ONE = "the network of choose(model, output={})"
"""What to tune where a network has several outputs."""


class _Trained:
    """The network's paths and biases as parameters."""

    def __init__(self, network: Network, settings: FineTune) -> None:
        self.network = network
        self.law = TwinLaw(network, torch.float32, settings.surrogate, detach_reset=True)
        self.paths = {q.name: Path(network, q, torch.float32) for q in network.projections}
        layers = [p for p in network.order[1:] if correctable(p)]
        names = {name for p in layers for name in tunable(network, p)}
        self.weights = {name: self.paths[name].weight for name in names}
        self.kept = {name: weight.detach() != 0 for name, weight in self.weights.items() if weight is not None}
        self.biases = {p.name: _column(p).requires_grad_(True) for p in layers}
        for weight in self.weights.values():
            if weight is not None:
                weight.requires_grad_(True)

    def optimiser(self, rate: float) -> torch.optim.Optimizer:
        """Adam with a step for each layer in proportion to its weights, for a bias to those that enter its layer."""
        groups: list[dict[str, Any]] = []
        for p in self.network.order[1:]:
            into = [self.weights[q.name] for q in self.network.incoming[p.name] if q.name in self.weights]
            sizes = [float(weight.detach().abs().mean()) for weight in into if weight is not None]
            groups += [{"params": [w], "lr": rate * size} for w, size in zip(into, sizes, strict=True)]
            if p.name in self.biases and sizes:
                groups.append({"params": [self.biases[p.name]], "lr": rate * max(sizes)})
        if not groups:
            raise InvalidInput(
                "expected some weights that are real numbers, got integers only; try the float network first, then to_fixed"
            )
        return torch.optim.Adam(groups)

    def logits(self, images: Tensor) -> Tensor:
        """Raw logits `(batch, classes)` of the twin with the parameters as they are."""
        return TwinRun(self.law, self.paths, images, biases=dict(self.biases))()

    def mask(self) -> None:
        """Weights that are zero stay zero."""
        for name, kept in self.kept.items():
            weight = self.weights[name]
            if weight is not None and weight.grad is not None:
                weight.grad.mul_(kept)

    def result(self) -> Network:
        """The network with the parameters as its weights and biases."""
        biases = {name: _array(self.network.by_name[name], value.detach()) for name, value in self.biases.items()}
        changed = tuple(replace(p, bias=biases[p.name]) if p.name in biases else p for p in self.network.populations)
        return stored(replace(self.network, populations=changed), {name: self.paths[name] for name in self.weights})


@watched
def fine_tune(network: Network, data: Data, settings: FineTune | None = None, *, progress: Progress = shown) -> Network:
    """The network with real-valued weights and biases trained on `data` = (images, labels); thresholds stay.

    Minimises the cross entropy of logits times `logit_scale`, of several labels and of values the loss of their kind
    (`compress.training.losses`). The forward pass is the network's own spikes, checked against
    the engine before; zeros stay zeros, integer weights as they are. Same seed, same weights, for a small network
    whatever the number of threads.
    Raises InvalidNetwork for a fixed-point network and when the twin's logits are not the engine's, InvalidInput for data
    that do not fit. (Neftci et al. 2019, arXiv 1901.09948.)
    """
    settings = settings or FineTune()
    if network.numbers != "float32" or not network.code.graded:
        raise InvalidNetwork(
            f"expected a float32 network with a constant input, got {network.numbers} and "
            f"{type(network.code).__name__}; try fine_tune before to_fixed"
        )
    images, labels = labelled(network, data)
    trained = _Trained(network, settings)
    same = agreement(network, images[: settings.batch])
    with steady_while(lambda: trained.logits(images[:1]), steps=network.steps):
        _train(trained, images, labels, settings, progress)
    text = f"{settings.epochs} epochs over {len(images):,} samples; the twin gave the engine's logits on {same:.0%} of a batch"
    row = ReportRow("network", "fine-tuning", "rewritten", text)
    made = trained.result()
    return replace(made, report=network.report.plus(row))


def labelled(network: Network, data: Data) -> tuple[Tensor, Tensor]:
    """Images, and labels of what the network answers. Raises InvalidInput for others, and for several outputs."""
    head, images = only_head(network.heads, ONE), check_shown(data)
    return images, torch.from_numpy(labels_of(head, data[1], len(images), network.classes))


def _train(trained: _Trained, images: Tensor, labels: Tensor, settings: FineTune, progress: Progress) -> None:
    optimiser = trained.optimiser(settings.rate)
    rounds = settings.epochs * -(-len(images) // settings.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, rounds)
    loss_from = loss_of(only_head(trained.network.heads, ONE))
    generator, done = torch.Generator().manual_seed(settings.seed), 0
    for _ in range(settings.epochs):
        for chosen in torch.split(torch.randperm(len(images), generator=generator), settings.batch):
            loss = loss_from(trained.logits(images[chosen]) * trained.network.logit_scale, labels[chosen])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            trained.mask()
            optimiser.step()
            schedule.step()
            done += 1
            progress("fine-tuning", done, rounds)


def agreement(network: Network, images: Tensor) -> float:
    """Share of `images` whose logits are the same in twin and engine; float32 sums may differ in their rounding.

    Raises InvalidNetwork below 90 %.
    """
    twin = _Trained(network, FineTune())
    with torch.no_grad():
        ours = twin.logits(images).numpy()
    theirs = simulate(network, images.numpy()).logits
    same = float((np.abs(ours - theirs).max(1) <= CLOSE * np.abs(theirs).max()).mean())
    if same < AGREE:
        raise InvalidNetwork(f"expected the twin's logits to be the engine's, got {same:.0%} of the samples equal")
    return same


def _column(population: Population) -> Tensor:
    """The bias as a column of one number a channel or more."""
    column = as_column(population.bias, population.shape, torch.float32)
    if column.ndim == 0:
        column = column.expand(population.shape[0], *[1] * (len(population.shape) - 1))
    return column.clone()


def _array(population: Population, column: Tensor) -> np.ndarray:
    values = column.numpy()
    return values if values.shape == population.shape else values.reshape(population.shape[0])
