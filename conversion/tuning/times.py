"""Fine-tuning a time-coded network itself, through its differentiable twin: few spikes, and times on a grid."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from spikewright import InvalidInput, Progress
from spikewright.compress.training.losses import loss_of
from spikewright.compress.training.threads import steady_while
from spikewright.conversion.calibration.settings import CheckedSettings
from spikewright.conversion.tuning.weights import ONE, labelled
from spikewright.progress import shown, watched
from spikewright.several_heads import only_head
from spikewright.snn import Network
from spikewright.snn.traits import is_timed
from spikewright.snn.twin.network import Twin
from spikewright.snn.twin.synapses import Path
from spikewright.snn.twin.through_time import TwinRun
from spikewright.tables import Within
from spikewright.weights import Scaled, refilled, unscaled

_LEAST_ENERGY = 1e-12


@dataclass(frozen=True)
class TimesTuning(CheckedSettings):
    """How `tune_times` learns: Adam on batches. Raises InvalidInput for values out of range.

    epochs: how often all samples are seen.
    lr: the step over each projection's largest weight.
    sparsity: weighs the penalty on spikes.
    batch_size: samples of a step.
    seed: draws the batches.
    """

    epochs: Annotated[int, Within(1)] = 1
    lr: Annotated[float, Within(above=0.0)] = 1e-3
    sparsity: Annotated[float, Within(0.0)] = 0.0
    batch_size: Annotated[int, Within(1)] = 50
    seed: Annotated[int, Within(0)] = 0


@watched
def tune_times(
    network: Network, data: Any, settings: TimesTuning | None = None, *, progress: Progress = shown
) -> Network:
    """The network with weights learned on `data`, (images `(n, C, H, W)`, labels `(n,)`), at its own spike times.

    loss = cross-entropy + sparsity sum over layers of (sum x)^2 / (N sum x^2), x the values that the N neurons of a layer send;
    for several labels and for values that of their kind (`compress.training.losses`) in the place of the cross-entropy
    (Yang et al. 2020): few neurons then spike (Stanojevic et al. 2024 train for it). A `Ramp` has its own derivative, one
    inside its window, so times on a grid are learned straight through. Pruned weights stay zero; biases and windows stay.
    Raises InvalidInput for a network that is not time-coded in float32 with float weights, and for data that do not fit.
    """
    settings = settings or TimesTuning()
    _check(network)
    images, labels = labelled(network, data)
    tuned = _TunedPaths(network)
    optimiser, random = tuned.optimiser(settings.lr), np.random.default_rng(settings.seed)
    with steady_while(lambda: tuned.run(images[:1])()):
        for epoch in range(settings.epochs):
            progress("tune", epoch, settings.epochs)
            for chosen in torch.split(torch.from_numpy(random.permutation(len(labels))), settings.batch_size):
                optimiser.zero_grad()
                tuned.loss(images[chosen], labels[chosen], settings.sparsity).backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                tuned.hold()
    progress("tune", settings.epochs, settings.epochs)
    return tuned.result()


class _TunedPaths:
    """A time-coded network in torch, with the weights of its projections as parameters."""

    def __init__(self, network: Network) -> None:
        self.network, self.twin = network, Twin(network, engine_values=False)
        self.loss_from = loss_of(only_head(network.heads, ONE))
        self.paths = {path.projection.name: path for path in self.twin.paths if isinstance(path, Path)}
        self.tuned = {name: path for name, path in self.paths.items() if _has_weights(path)}
        self.held = [(_wanted(path), _wanted(path) != 0) for path in self.tuned.values() if _is_sparse(path)]
        self.ramps = [p.name for p in network.populations if p.neuron.sends == "times"]

    def optimiser(self, lr: float) -> torch.optim.Optimizer:
        """Adam, with a step for each projection relative to its largest weight."""
        weights = [_wanted(path) for path in self.tuned.values()]
        return torch.optim.Adam([{"params": [w], "lr": lr * float(w.detach().abs().max())} for w in weights])

    def run(self, images: Tensor) -> TwinRun:
        """A run of the network with the weights as they are."""
        return TwinRun(self.twin.law, self.paths, images)

    def loss(self, images: Tensor, labels: Tensor, sparsity: float) -> Tensor:
        """The loss of the logits, cross-entropy for classes, and the penalty on spikes."""
        run = self.run(images)
        loss = self.loss_from(run() * self.network.logit_scale, labels)
        return loss + sparsity * sum(_share(run.sent[name][0]) for name in self.ramps)

    def hold(self) -> None:
        """Pruned weights are zero again."""
        with torch.no_grad():
            for weight, kept in self.held:
                weight.mul_(kept)

    def result(self) -> Network:
        """The network with the weights as they are."""
        projections = tuple(_stored(q, self.tuned.get(q.name)) for q in self.network.projections)
        return replace(self.network, projections=projections)


def _check(network: Network) -> None:
    if network.numbers != "float32" or not is_timed(network):
        raise InvalidInput(
            "expected a time-coded network in float32; try convert(model, samples, Ttfs()), to_fixed() later"
        )
    for q in network.projections:
        weights = q.synapse.weights
        stored = None if weights is None else unscaled(weights)[0]
        if stored is not None and not (stored.elementwise and stored.real):
            raise InvalidInput(f"expected float weights in projection {q.name!r}; try to tune before quantising")


def _has_weights(path: Path) -> bool:
    return path.weight is not None and path.projection.synapse.weights is not None


def _wanted(path: Path) -> torch.nn.Parameter:
    assert path.weight is not None
    path.weight.requires_grad_(True)
    return path.weight


def _is_sparse(path: Path) -> bool:
    weights = path.projection.synapse.weights
    return weights is not None and weights.stored < weights.size


def _share(sent: Tensor) -> Tensor:
    """(sum x)^2 / (N sum x^2), the mean over the batch: about the share of neurons that spike."""
    flat = sent.flatten(1)
    share: Tensor = flat.sum(1).square() / (flat.shape[1] * flat.square().sum(1).clamp_min(_LEAST_ENERGY))
    return share.mean()


def _stored(projection: Any, path: Path | None) -> Any:
    if path is None:
        return projection
    synapse: Any = projection.synapse
    values = _wanted(path).detach().numpy().astype(np.float32)
    base, scale = unscaled(synapse.weights)
    real = (values / (1.0 if scale is None else scale.reshape(-1, *[1] * (values.ndim - 1)))).astype(np.float32)
    weights = refilled(base, real)
    return replace(projection, synapse=replace(synapse, weights=weights if scale is None else Scaled(weights, scale)))
