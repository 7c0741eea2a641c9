"""Integer weights and k-bit activations, with straight-through fine-tuning (Jacob et al., arXiv 1712.05877)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

import torch
from torch import fx, nn

from spikewright import InvalidInput, Progress
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.exact.folding import fold_draft
from spikewright.compress.expressions import Straight
from spikewright.compress.graph.choosing import choose
from spikewright.compress.graph.outputs import Output
from spikewright.compress.graph.view import view_of
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.methods import Method
from spikewright.compress.quantisers.activations import keep_ranges_positive
from spikewright.compress.quantisers.learned import quantise_activations
from spikewright.compress.training.attached import Attached, held
from spikewright.compress.training.data import Data, check_shown
from spikewright.compress.training.epochs import FitState
from spikewright.compress.training.loop import Hooks, Perturb, TrainSettings, fit
from spikewright.compress.training.threads import steady_threads
from spikewright.inputs import check_settings, is_whole
from spikewright.progress import shown, watched
from spikewright.tables import Within, check_fields

_PASSED_ON = ("softmax", "rising", "identity", "dropout", "flatten", "reshape")


@dataclass(frozen=True)
class QuantizeSettings:
    """How weights and activations are quantised.

    scale: how weight scales are chosen, by least squared error ("mse") or so that nothing is clipped ("max").
    calibration: how many images find the activation ranges.
    training: the fine-tuning; with epochs=0 there is none.
    perturb: an attack, noise or augmentation to train with.
    input_shape: shape (C, H, W) of one image, to fold batch norms without data where they are not right behind a layer.
    """

    scale: Literal["mse", "max"] = "mse"
    calibration: Annotated[int, Within(1)] = 512
    training: TrainSettings = field(default_factory=lambda: TrainSettings(epochs=15, label_smoothing=0.1))
    perturb: Perturb | None = None
    input_shape: tuple[Annotated[int, Within(1)], ...] | None = None

    def __post_init__(self) -> None:
        shape = self.input_shape
        if shape is not None and not (isinstance(shape, tuple | list) and shape and all(is_whole(n, 1) for n in shape)):
            raise InvalidInput(
                f"expected the shape of one image, whole numbers, got {shape!r}; try input_shape=(1, 28, 28)"
            )
        check_fields(self)


@dataclass(frozen=True)
class _Widths:
    """What stands in front of the settings.

    bits: the width of a weight.
    activation_bits: the width k of an activation, which then has 2**k - 1 steps; None leaves activations as they are.
    """

    bits: Annotated[int, Within(2, 8)] = 4
    activation_bits: Annotated[int, Within(1, 16)] | None = None


@dataclass(frozen=True)
class Quantize(QuantizeSettings, _Widths, Method):
    """Weights become integers of a few bits times one scale for each output channel, and activations of a few bits if wanted.

    Raises InvalidInput for settings out of range, and without data where activations need images or batch norms a shape.
    """

    def apply(self, model: Any, data: Data | None = None, *, progress: Progress = shown) -> Compressed:
        """See `quantize`."""
        draft, bits = Draft.of(model), int(self.bits)
        images = None if data is None else check_shown(data)
        with steady_threads(draft.model, images):
            self._prepare(draft, images)
            answering = _answering_layers(draft, known=data is not None)
            kept = {path: draft.straight(path).kept for path in weight_layers(draft.model)}
            ways = {path: Straight(mask, bits, shared=path in answering) for path, mask in kept.items()}
            with held(draft, ways) as attached:
                attached.rescale(self.scale)
                self._fine_tune(draft.model, attached, data, progress)
            draft.steps.append(self._told(data) + draft.left_alone())
            return draft.finish()

    def _prepare(self, draft: Draft, images: torch.Tensor | None) -> None:
        """Fold batch norms, then swap activations."""
        if images is None and self.activation_bits is not None:
            raise InvalidInput(
                "expected data to find the range of the activations, got none; try data=(images, labels)"
            )
        seen = None if images is None else images[: self.calibration]
        fold_draft(draft, seen, self.input_shape or draft.input_shape)
        if seen is not None and self.activation_bits is not None:
            quantise_activations(draft, seen, 2 ** int(self.activation_bits) - 1)

    def _fine_tune(self, model: nn.Module, attached: Attached, data: Data | None, progress: Progress) -> None:
        epochs = self.training.epochs
        if data is None or epochs == 0:
            return

        def refresh(state: FitState) -> None:
            if (
                len(state.history) < epochs
            ):  # not after the last epoch: the weights were trained for the scales they have
                attached.rescale(self.scale)

        hooks = Hooks(self.perturb, keep_ranges_positive, refresh, progress=progress, stage="quantize")
        fit(model, data, self.training, hooks=hooks)

    def _told(self, data: Data | None) -> str:
        tuned = data is not None and self.training.epochs > 0
        how = f"fine-tuned for {self.training.epochs} epochs" if tuned else "not fine-tuned"
        activations = "float activations" if self.activation_bits is None else f"{self.activation_bits}-bit activations"
        scales = f"one {self.scale} scale per output channel (one in all for the logits)"
        return f"quantize: {self.bits}-bit weights, {scales}, {activations}, {how}"


@watched
def quantize(
    model: Any,
    bits: int = 4,
    data: Data | None = None,
    *,
    activation_bits: int | None = None,
    settings: QuantizeSettings | None = None,
    output: Output | None = None,
    fixed: Mapping[str, Any] | None = None,
    progress: Progress = shown,
) -> Compressed:
    """Weights to `bits`-bit integers times one scale per output channel, and activations to `activation_bits` bits.

    The layer that gives the logits has one scale in all, so that its integer sums compare between classes.

    q = clip(floor(w/scale + 1/2), -L, L), L = 2^(bits-1) - 1, for 2 to 8 bits. Every ReLU, module or function, also a
    clipped one such as ReLU6, becomes a QuantizedReLU of 2^k - 1 levels; LeakyReLU, PReLU, RReLU, |x| and clamps around zero
    become a QuantizedHalves, so many levels on each side of zero; clamps elsewhere, and values of both signs in front of max
    pooling and what moves numbers in space, a QuantizedFrom. None leaves activations as they are. Batch norms are
    folded first, since folding later would change the integers. `model` is an nn.Module or a Compressed, whose zeros stay
    zeros; biases stay float32. `data` is images `(samples, C, H, W)` and labels `(samples,)` (of any kind, or None,
    where nothing is trained: `TrainSettings(epochs=0)`); without it nothing is fine-tuned, and batch norms fold into the layers
    right in front of them, or as they do with data where `settings` has an `input_shape`.
    `output`, `fixed`: as of `choose`. Raises InvalidInput for bits out of range, and without data where activations need images
    or batch norms a shape. The record of this function is `Quantize`.
    """
    settings = settings or QuantizeSettings()
    check_settings(settings, QuantizeSettings)
    chosen = {one.name: getattr(settings, one.name) for one in fields(QuantizeSettings)}
    return Quantize(bits, activation_bits, **chosen).apply(choose(model, output, fixed), data, progress=progress)


def _answering_layers(draft: Draft, *, known: bool) -> frozenset[str]:
    """The layer whose sums are the logits; without a traced graph, the last one of the model."""
    if not known or draft.input_shape is None or not isinstance(draft.model, fx.GraphModule):
        return frozenset([list(weight_layers(draft.model))[-1]])
    view = view_of(draft.model, draft.input_shape)
    node = view.node(view.output)
    while node.kind in _PASSED_ON and node.inputs:
        node = view.node(node.inputs[0])
    return frozenset([node.path] if node.path in weight_layers(draft.model) else [])
