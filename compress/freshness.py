"""Whether a Compressed still says what its model holds: whoever reads its integers, masks or widths asks here first.

Compressed is not named here, since its own footprint asks too.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.compress.graph.weighted import codes_of, values_of, weight_layers

C = TypeVar("C")


def fresh(compressed: C) -> C:
    """The Compressed with the integers that its weights are now; itself when nothing was changed.

    A model may be trained on by hand. Weights that are still integers times the scales of their layer become its integers.
    Raises InvalidInput for weights that are none, and for weights where the mask has none, with what to try.
    """
    held: Any = compressed
    layers = weight_layers(held.model) if held.integers or held.masks else {}
    for path in [path for path in (*held.integers, *held.masks) if path not in layers]:
        raise InvalidInput(f"expected the layers that were compressed, got none at {path!r}; try the model as it was")
    _check_masks(held, layers)
    changed = dict(_changed(held, layers))
    result: C = replace(held, integers={**held.integers, **changed}) if changed else compressed
    return result


def check_fresh(model: Any) -> None:
    """Raises InvalidInput for a Compressed whose model was changed since; takes anything else as it is."""
    held = all(hasattr(model, name) for name in ("model", "integers", "masks", "bits"))
    if held and fresh(model) is not model:
        raise InvalidInput(
            "expected the weights that were compressed, got others, still integers times their scales; "
            "try compress.fresh(small), which takes them as its integers"
        )


def _check_masks(compressed: Any, layers: dict[str, Any]) -> None:
    for path, mask in compressed.masks.items():
        weight = layers[path].weight.detach()
        if weight.shape != mask.shape or bool(weight[~mask.to(weight.device)].any()):
            raise InvalidInput(
                f"expected zeros where {path} was pruned, got other weights: the model was trained on by hand; "
                "try compress.prune(small, 0.0), which sets them to zero again"
            )


def _changed(compressed: Any, layers: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The layers whose weights are other integers than they were."""
    for path, (codes, scale) in compressed.integers.items():
        layer, scales = layers[path], torch.as_tensor(scale)
        weight = layer.weight.detach().cpu().to(torch.float32)
        if torch.equal(values_of(layer, torch.as_tensor(codes), scales), weight):
            continue
        now = codes_of(layer, weight, scales, compressed.bits[path])
        if not torch.equal(values_of(layer, now, scales), weight):
            raise InvalidInput(
                f"expected integers times a scale in {path}, got other weights: the model was trained on by hand; "
                f"try compress.quantize(small, {compressed.bits[path]}), which rounds them again"
            )
        yield path, (now.numpy(), np.asarray(scale))
