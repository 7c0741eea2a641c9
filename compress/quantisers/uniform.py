"""Integer weights and k-bit activations, with straight-through fine-tuning (Jacob et al., arXiv 1712.05877)."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import torch
from torch import fx, nn

from spikewright import InvalidInput, Progress, silent
from spikewright.compress.compressed import Compressed, Draft
from spikewright.compress.exact.fold import FoldRow, fold_view
from spikewright.compress.exact.fold_adjacent import without_shape
from spikewright.compress.exact.fold_layers import NORMS
from spikewright.compress.graph.observe import inputs_of
from spikewright.compress.graph.rewrite import Rewrite, find
from spikewright.compress.graph.view import GraphNode, Shape, trace, view_of
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.quantisers.activations import clip_range, keep_ranges_positive
from spikewright.compress.quantisers.integers import largest_integer
from spikewright.compress.quantisers.staircases import check_quantised, quantise_relus
from spikewright.compress.training.constraints import held
from spikewright.compress.training.data import Data, check_data
from spikewright.compress.training.loop import Hooks, Perturb, TrainSettings, fit
from spikewright.compress.training.threads import steady_threads
from spikewright.inputs import check_settings, is_whole

_RELUS = ("relu", "clamp", "quantised_relu")
_ACTIVATIONS = (
    *(
        "sigmoid",
        "tanh",
        "logsigmoid",
        "hardsigmoid",
        "hardtanh",
        "clamp",
        "clip",
        "clamp_min",
        "hardswish",
        "silu",
        "gelu",
    ),
    *("elu", "celu", "selu", "mish", "leaky_relu", "prelu", "rrelu", "softplus", "softsign", "tanhshrink", "threshold"),
)
_PASSED_ON = ("softmax", "rising", "identity", "dropout", "flatten", "reshape")


@dataclass(frozen=True)
class QuantizeSettings:
    """`scale` is how weight scales are chosen, "mse" or "max"; `calibration` images find the activation ranges.

    `training` is the fine-tuning; with epochs=0 there is none. `input_shape` (C, H, W) of one image is for folding batch norms
    without data, where they are not right behind a layer.
    """

    scale: str = "mse"
    calibration: int = 512
    training: TrainSettings = field(default_factory=lambda: TrainSettings(epochs=15, label_smoothing=0.1))
    perturb: Perturb | None = None
    input_shape: Shape | None = None

    def __post_init__(self) -> None:
        if self.scale not in ("mse", "max") or not is_whole(self.calibration, 1):
            raise InvalidInput(
                "expected scale 'mse' or 'max' and a whole calibration >= 1, "
                f"got {self.scale!r} and {self.calibration!r}; try QuantizeSettings()"
            )
        shape = self.input_shape
        if shape is not None and not (isinstance(shape, tuple | list) and shape and all(is_whole(n, 1) for n in shape)):
            raise InvalidInput(
                f"expected the shape of one image, whole numbers, got {shape!r}; try input_shape=(1, 28, 28)"
            )


def quantize(
    model: Any,
    bits: int = 4,
    data: Data | None = None,
    *,
    activation_bits: int | None = None,
    settings: QuantizeSettings | None = None,
    progress: Progress = silent,
) -> Compressed:
    """Weights to `bits`-bit integers times one scale per output channel, and ReLUs to `activation_bits` bits.

    The layer that gives the logits has one scale in all, so that its integer sums compare between classes.

    q = clip(floor(w/scale + 1/2), -L, L), L = 2^(bits-1) - 1, for 2 to 8 bits. Every ReLU, module or function, also a
    clipped one such as ReLU6, becomes a QuantizedReLU of 2^k - 1 levels; None leaves activations as they are. Batch norms are
    folded first, since folding later would change the integers. `model` is an nn.Module or a Compressed, whose zeros stay
    zeros; biases stay float32. `data` is images `(samples, C, H, W)` and labels `(samples,)`; without it nothing is
    fine-tuned, and batch norms fold into the layers right in front of them, or as they do with data where `settings` has an
    `input_shape`.
    Raises InvalidInput for bits out of range, and without data where activations need images or batch norms a shape.
    """
    settings = settings or QuantizeSettings()
    check_settings(settings, QuantizeSettings)
    largest_integer(bits)
    bits = int(bits)
    draft = Draft.of(model)
    images = None if data is None else check_data(data)[0]
    with steady_threads(draft.model, images):
        if images is None:
            _prepare_without_data(draft, activation_bits, settings.input_shape or draft.input_shape)
        else:
            _prepare_graph(draft, images[: settings.calibration], activation_bits)
        draft.constraints.bits = dict.fromkeys(weight_layers(draft.model), bits)
        draft.constraints.one_scale = _answering_layers(draft, known=data is not None)
        draft.constraints.scale_method = settings.scale
        _fine_tune(draft, data, settings, progress)
        draft.steps.append(_describe(bits, activation_bits, settings, data) + draft.left_alone())
        return draft.finish()


def _answering_layers(draft: Draft, *, known: bool) -> frozenset[str]:
    """The layer whose sums are the logits; without a traced graph, the last one of the model."""
    if not known or draft.input_shape is None or not isinstance(draft.model, fx.GraphModule):
        return frozenset([list(weight_layers(draft.model))[-1]])
    view = view_of(draft.model, draft.input_shape)
    node = view.node(view.output)
    while node.kind in _PASSED_ON and node.inputs:
        node = view.node(node.inputs[0])
    return frozenset([node.path] if node.path in weight_layers(draft.model) else [])


def _prepare_without_data(draft: Draft, activation_bits: int | None, shape: Shape | None) -> None:
    if activation_bits is not None:
        raise InvalidInput("expected data to find the range of the activations, got none; try data=(images, labels)")
    if shape is not None and any(isinstance(module, NORMS) for module in draft.model.modules()):
        _prepare_graph(draft, torch.zeros(1, *shape), None)
        return
    rows, changes = without_shape(draft.model)
    draft.rewrites += changes
    draft.steps += _told(rows)


def _told(rows: Iterable[FoldRow]) -> list[str]:
    return [f"fold: batch norm {row.node} {row.action}, {row.reason}" for row in rows]


def _prepare_graph(draft: Draft, images: torch.Tensor, activation_bits: int | None) -> None:
    view = trace(draft.model, images)
    draft.input_shape = view.input_shape
    rows, changes = fold_view(view, images)
    draft.model = view.graph_module
    draft.steps += view.notes
    draft.rewrites += [Rewrite("trace"), *changes]
    draft.steps += _told(rows)
    if activation_bits is not None:
        _quantise_activations(draft, view.graph_module, images, activation_bits)


def _quantise_activations(draft: Draft, module: fx.GraphModule, images: torch.Tensor, bits: int) -> None:
    if not is_whole(bits, 1) or bits > 16:
        raise InvalidInput(f"expected activation bits from 1 to 16, got {bits!r}; try activation_bits=3")
    view = view_of(module, tuple(images.shape[1:]))
    names = {node.name: node.args.get("limit", inf) for node in view if node.kind in _RELUS}
    others = [node for node in view if _is_float_activation(node, module)]
    if not names:
        raise InvalidInput(
            f"expected at least one ReLU to quantise, got {_named(others) or 'none'}; try activation_bits=None"
        )
    if others:
        draft.steps.append(f"activations left as they were, in 32 bits, since only ReLUs have levels: {_named(others)}")
    observed, before = inputs_of(module, names, images), copy.deepcopy(module)
    levels = 2 ** int(bits) - 1
    starts = {name: min(clip_range(observed[name], levels), limit) for name, limit in names.items()}
    draft.rewrites += quantise_relus(module, levels, starts)
    check_quantised(before, module, names, images)


def _is_float_activation(node: GraphNode, module: fx.GraphModule) -> bool:
    """An activation without levels, module or function, other than a ReLU and a softmax."""
    if node.kind in (*_RELUS, "softmax"):
        return False
    if node.module is not None:
        own = type(node.module)
        return own.__module__ == nn.ReLU.__module__ and own is not nn.MultiheadAttention
    target = find(module, node.name).target
    return str(getattr(target, "__name__", target)).rstrip("_") in _ACTIVATIONS


def _named(nodes: list[GraphNode]) -> str:
    return ", ".join(
        f"{node.path or node.name} ({type(node.module).__name__ if node.path else node.kind})" for node in nodes
    )


def _fine_tune(draft: Draft, data: Data | None, settings: QuantizeSettings, progress: Progress) -> None:
    with held(draft.model, draft.constraints) as constraints:
        if data is None or settings.training.epochs == 0:
            return
        left = iter(range(settings.training.epochs - 1, -1, -1))

        def refresh(_: Any) -> None:
            if next(left):  # not after the last epoch: the weights were trained for the scales they have
                constraints.refresh()

        hooks = Hooks(settings.perturb, keep_ranges_positive, refresh, progress=progress, stage="quantize")
        fit(draft.model, data, settings.training, hooks=hooks)


def _describe(bits: int, activation_bits: int | None, settings: QuantizeSettings, data: Data | None) -> str:
    tuned = data is not None and settings.training.epochs > 0
    how = f"fine-tuned for {settings.training.epochs} epochs" if tuned else "not fine-tuned"
    activations = "float activations" if activation_bits is None else f"{activation_bits}-bit activations"
    scales = f"one {settings.scale} scale per output channel (one in all for the logits)"
    return f"quantize: {bits}-bit weights, {scales}, {activations}, {how}"
