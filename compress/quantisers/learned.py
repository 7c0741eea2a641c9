"""Activations of a model become staircases: found on images, fine-tuned, and noted so that a saved file can do it again."""

import copy
from dataclasses import dataclass, field
from typing import Annotated, Any

import torch
from torch import fx, nn

from spikewright import InvalidInput, Progress
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.view import GraphNode, view_of
from spikewright.compress.methods import Method
from spikewright.compress.quantisers.activations import keep_ranges_positive
from spikewright.compress.quantisers.bends import bends_of
from spikewright.compress.quantisers.gathering import gathered
from spikewright.compress.quantisers.staircases import Levelled, check_quantised, quantise_bends
from spikewright.compress.quantisers.starting import Ranges, starts_of
from spikewright.compress.training.attached import held
from spikewright.compress.training.data import Data, check_shown
from spikewright.compress.training.loop import Hooks, TrainSettings, fit
from spikewright.compress.training.threads import steady_threads
from spikewright.progress import shown
from spikewright.tables import Within, check_fields

_ACTIVATIONS = frozenset(
    "sigmoid tanh logsigmoid hardsigmoid hardtanh clamp clip clamp_min hardswish silu gelu elu celu selu mish leaky_relu prelu "
    "rrelu softplus softsign tanhshrink threshold".split()
)


@dataclass(frozen=True)
class LearnedThresholds(Method):
    """Activations become staircases of a few levels whose ranges are learned (QCFS, arXiv 2303.04347), weights stay as they are.

    levels: the steps of each staircase, 2**k - 1 for k bits; an activation of both signs has so many on each side of zero.
    percentile: where a range begins, of the positive values on the images; None: the range of least squared error.
    calibration: how many images that is measured on.
    training: the fine-tuning; with epochs=0 there is none.
    """

    levels: Annotated[int, Within(1, 65_535)] = 4
    percentile: Annotated[float, Within(above=0, high=100)] | None = None
    calibration: Annotated[int, Within(1)] = 512
    training: TrainSettings = field(default_factory=lambda: TrainSettings(epochs=15, label_smoothing=0.1))

    def __post_init__(self) -> None:
        check_fields(self)

    def apply(self, model: Any, data: Data | None = None, *, progress: Progress = shown) -> Compressed:
        """As of `Method`; masks and integers of the weights hold. Raises InvalidInput without data, and without activations."""
        if data is None:
            raise InvalidInput("expected data to find the ranges of activations, got none; try data=(images, labels)")
        draft, images = Draft.of(model), check_shown(data)
        with steady_threads(draft.model, images):
            seen = images[: self.calibration]
            draft.traced(seen)
            quantise_activations(draft, seen, int(self.levels), Ranges(percentile=self.percentile))
            with held(draft, {}):
                if self.training.epochs:
                    hooks = Hooks(after_step=keep_ranges_positive, progress=progress, stage="learned thresholds")
                    fit(draft.model, data, self.training, hooks=hooks)
        tuned = f"fine-tuned for {self.training.epochs} epochs" if self.training.epochs else "not fine-tuned"
        draft.steps.append(f"learned thresholds: activations of {self.levels} levels, {tuned}{draft.left_alone()}")
        return draft.finish()


def quantise_activations(draft: Draft, images: torch.Tensor, levels: int, ranges: Ranges | None = None) -> None:
    """Swap each activation of a draft that is traced for staircases of `levels` levels; its rewrites and steps say so.

    A ReLU is a QuantizedReLU, others that are straight but for bends are a QuantizedHalves or QuantizedFrom, and values of both
    signs that one population has to send are a QuantizedFrom. The ranges are found on `images (n, C, H, W)`.
    Raises InvalidInput for a model without any.
    """
    module: Any = draft.model
    view = view_of(module, tuple(images.shape[1:]))
    bends = bends_of(view)
    placed = Levelled(bends, gathered(view, bends))
    levelled = bends.keys() | {one.entering for one in bends.values()}
    others = ", ".join(_name(node) for node in view if node.name not in levelled and _is_float_activation(node, module))
    if not bends:
        raise InvalidInput(f"expected at least one ReLU to quantise, got {others or 'none'}; try activation_bits=None")
    if others:
        draft.steps.append(f"activations left as they were, in 32 bits, since they are curved: {others}")
    before = copy.deepcopy(module)
    starts = starts_of(module, placed, images, levels, ranges or Ranges())
    draft.steps += placed.told()
    draft.rewrites += quantise_bends(module, placed, levels, starts)
    check_quantised(before, module, placed, images)


def _is_float_activation(node: GraphNode, module: fx.GraphModule) -> bool:
    """An activation, module or function, other than a softmax."""
    if node.kind == "softmax":
        return False
    if node.module is not None:
        own = type(node.module)
        return own.__module__ == nn.ReLU.__module__ and own is not nn.MultiheadAttention
    target = find(module, node.name).target
    return str(getattr(target, "__name__", target)).rstrip("_") in _ACTIVATIONS


def _name(node: GraphNode) -> str:
    return f"{node.path or node.name} ({type(node.module).__name__ if node.path else node.kind})"
