"""ReLUs of a model become QuantizedReLUs: found on images, fine-tuned, and noted so that a saved file can do it again."""

import copy
from dataclasses import dataclass, field
from math import inf
from typing import Annotated, Any

import torch
from torch import fx, nn

from spikewright import InvalidInput, Progress, silent
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.graph.observe import inputs_of
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.view import GraphNode, view_of
from spikewright.compress.methods import Method
from spikewright.compress.quantisers.activations import keep_ranges_positive
from spikewright.compress.quantisers.staircases import check_quantised, quantise_relus
from spikewright.compress.quantisers.thresholds import Ranges, start_of
from spikewright.compress.training.attached import held
from spikewright.compress.training.data import Data, check_shown
from spikewright.compress.training.loop import Hooks, TrainSettings, fit
from spikewright.compress.training.threads import steady_threads
from spikewright.tables import Within, check_fields

_RELUS = ("relu", "clamp", "quantised_relu")
_ACTIVATIONS = frozenset(
    "sigmoid tanh logsigmoid hardsigmoid hardtanh clamp clip clamp_min hardswish silu gelu elu celu selu mish leaky_relu prelu "
    "rrelu softplus softsign tanhshrink threshold".split()
)


@dataclass(frozen=True)
class LearnedThresholds(Method):
    """ReLUs become staircases of a few levels whose clip ranges are learned (QCFS, arXiv 2303.04347), weights stay as they are.

    levels: the steps of each staircase above zero, 2**k - 1 for k bits.
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

    def apply(self, model: Any, data: Data | None = None, *, progress: Progress = silent) -> Compressed:
        """As of `Method`; masks and integers of the weights hold. Raises InvalidInput without data, and without ReLUs."""
        if data is None:
            raise InvalidInput("expected data to find the ranges of ReLUs, got none; try data=(images, labels)")
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
    """Swap each ReLU of a draft that is traced for a QuantizedReLU of `levels` levels; its rewrites and steps say so.

    The ranges are found on `images (n, C, H, W)`. Raises InvalidInput for a model without ReLUs.
    """
    module: Any = draft.model
    view = view_of(module, tuple(images.shape[1:]))
    limits = {node.name: node.args.get("limit", inf) for node in view if node.kind in _RELUS}
    others = ", ".join(_name(node) for node in view if _is_float_activation(node, module))
    if not limits:
        raise InvalidInput(f"expected at least one ReLU to quantise, got {others or 'none'}; try activation_bits=None")
    if others:
        draft.steps.append(f"activations left as they were, in 32 bits, since only ReLUs have levels: {others}")
    observed, before = inputs_of(module, limits, images), copy.deepcopy(module)
    starts = {name: min(start_of(observed[name], ranges or Ranges(), levels), limit) for name, limit in limits.items()}
    draft.rewrites += quantise_relus(module, levels, starts)
    check_quantised(before, module, limits, images)


def _is_float_activation(node: GraphNode, module: fx.GraphModule) -> bool:
    """An activation without levels, module or function, other than a ReLU and a softmax."""
    if node.kind in (*_RELUS, "softmax"):
        return False
    if node.module is not None:
        own = type(node.module)
        return own.__module__ == nn.ReLU.__module__ and own is not nn.MultiheadAttention
    target = find(module, node.name).target
    return str(getattr(target, "__name__", target)).rstrip("_") in _ACTIVATIONS


def _name(node: GraphNode) -> str:
    return f"{node.path or node.name} ({type(node.module).__name__ if node.path else node.kind})"
