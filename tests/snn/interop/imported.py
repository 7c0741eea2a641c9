"""What the tests of imported networks share: the spikes of a module's own neurons, and their comparison with ours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.snn import Activity, Network, simulate

NEAR = 1e-4
"""Relative distance of a potential from its threshold within which float32 may round to either side."""


def spikes_of(module: nn.Module, run: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """What every leaf module gave in every call of `run()`, by its path, and what `run` gave back."""
    heard: dict[str, list[Any]] = {}
    hooks = []
    for name, leaf in module.named_modules():

        def hear(_: Any, __: Any, answer: Any, name: str = name) -> None:
            heard.setdefault(name, []).append((answer[0] if isinstance(answer, tuple) else answer).detach().clone())

        hooks.append(leaf.register_forward_hook(hear))
    with torch.no_grad():
        answer = run()
    for hook in hooks:
        hook.remove()
    return {
        name: torch.stack(values).numpy() if len(values) > 1 else values[0].numpy() for name, values in heard.items()
    }, answer


def compare(network: Network, images: Any, theirs: dict[str, Any], *, exact: bool = False, least: int = 20) -> Activity:
    """Every spike of every population in every step is theirs; only in float32, the first that differs may be a matter of
    rounding.

    Unless `exact`, a spike may differ where our potential is within `NEAR` of its threshold and nothing differed before it.
    """
    activity = simulate(network, images, record=("rasters", "potentials"))
    for population in network.order[1:]:
        if population.name not in theirs:
            continue
        mine, other = (
            activity.rasters[population.name],
            theirs[population.name].reshape(activity.rasters[population.name].shape),
        )
        assert mine.sum() >= least, f"{population.name} is too quiet to say anything"
        different = mine != other
        if exact or not np.any(different):
            np.testing.assert_array_equal(mine, other, err_msg=population.name)
            continue
        assert np.mean(different) < 1e-4, f"{population.name}: {np.mean(different):.2%} of all steps differ"
        step = int(np.argmax(different.reshape(len(mine), -1).any(axis=1)))
        place = np.argwhere(different[step])[0]
        threshold = np.broadcast_to(_column(population.neuron.threshold, population.shape), population.shape)[
            tuple(place[1:])
        ]  # type: ignore[union-attr]
        left = activity.potentials[population.name][step][tuple(place)]
        charged = left + threshold * mine[step][tuple(place)]
        assert abs(charged - threshold) < NEAR * threshold, (
            f"{population.name}, step {step}: {charged} against {threshold}"
        )
        break
    return activity


def _column(value: Any, shape: tuple[int, ...]) -> Any:
    array = np.asarray(value)
    return array.reshape(-1, *[1] * (len(shape) - 1)) if array.ndim == 1 else array


def in_the_same_order(spikes: Any, axes: str) -> Any:
    """Spikes as (steps, batch, ...), from "batch time" or "time batch"."""
    return spikes.swapaxes(0, 1) if axes == "batch time" else spikes


def dyadic(module: nn.Module, scale: float = 32) -> nn.Module:
    """Weights and biases in 32nds, so that sums are exact."""
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.numel() > 1:
                parameter.copy_((parameter * 3 * scale).round() / scale)
    return module.eval()


def images(*shape: int) -> torch.Tensor:
    return torch.randint(0, 17, shape, generator=torch.Generator().manual_seed(5)) / 16
