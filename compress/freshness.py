"""Whether a Compressed still says what its model holds: whoever reads how its weights are stored asks here first.

Compressed is not named here, since its own footprint asks too.
"""

from dataclasses import replace
from typing import Any, TypeVar

from torch.nn.utils import parametrize

from spikewright import InvalidInput
from spikewright.compress.expressions import codes_of, kept_of, restored, rows_of
from spikewright.compress.graph.weighted import weight_layers
from spikewright.weights import Expression

C = TypeVar("C")


def fresh(compressed: C) -> C:
    """The Compressed with the weights that its model has now; itself when nothing was changed.

    A model may be trained on by hand. Weights that can still be stored as they were are taken: integers times the scales of their
    layer, zeros where it was pruned, any real numbers elsewhere.
    Raises InvalidInput for others, with what to try, and inside of a `with trainable(...)`.
    """
    held: Any = compressed
    _check_plain(held.model)
    layers = weight_layers(held.model)
    for path in [path for path in held.weights if path not in layers]:
        raise InvalidInput(f"expected the layers that were compressed, got none at {path!r}; try the model as it was")
    now = {path: _current(held, path, layers[path]) for path in held.weights}
    if all(now[path] is e for path, e in held.weights.items()):
        return compressed
    result: C = replace(held, weights=now)
    return result


def check_fresh(model: Any) -> Any:
    """A Compressed as `fresh` gives it, anything else as it is.

    Raises InvalidInput as `fresh` does, and for integers that are others than they were.
    """
    if not all(hasattr(model, name) for name in ("model", "weights", "loose")):
        return model
    now = fresh(model)
    for path, e in now.weights.items():
        if e is not model.weights[path] and codes_of(e) is not None:
            raise InvalidInput(
                "expected the weights that were compressed, got others, still integers times their scales; "
                "try compress.fresh(small), which takes them as its integers"
            )
    return now


def _check_plain(model: Any) -> None:
    for module in model.modules():
        if parametrize.is_parametrized(module, "weight") and hasattr(module.parametrizations.weight[0], "stored"):
            raise InvalidInput(
                "expected a network that is not being trained, got one inside of `with trainable(...)`; try it after the block"
            )


def _current(held: Any, path: str, layer: Any) -> Expression:
    """How the weights of a layer are stored now."""
    e, loose, rows = held.weights[path], path in held.loose, rows_of(layer)
    kept = None if loose else kept_of(e)
    if kept is not None and (kept.shape != rows.shape or bool(rows[~kept].any())):
        raise InvalidInput(
            f"expected zeros where {path} was pruned, got other weights: the model was trained on by hand; "
            "try compress.prune(small, 0.0), which sets them to zero again"
        )
    found = restored(e, rows, loose=loose)
    if found is not None:
        return found
    what, way = _wanted(held, path, e)
    raise InvalidInput(f"expected {what} in {path}, got other weights: the model was trained on by hand; try {way}")


def _wanted(held: Any, path: str, e: Expression) -> tuple[str, str]:
    if codes_of(e) is not None:
        return "integers times a scale", f"compress.quantize(small, {held.bits[path]}), which rounds them again"
    return f"weights stored as {type(e).__name__}", "`with trainable(small) as module:`, which trains what is stored"
