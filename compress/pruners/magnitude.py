"""Magnitude pruning with fine-tuning in between (Han et al., arXiv 1506.02626; Zhu and Gupta, arXiv 1710.01878)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any, Literal

import torch
from torch import nn

from spikewright import InvalidInput, Progress
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.expressions import Straight, rows_of
from spikewright.compress.graph.choosing import choose
from spikewright.compress.graph.outputs import Output
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.methods import Method
from spikewright.compress.pruners.masking import magnitude_masks, sparsity_of
from spikewright.compress.pruners.patterns import UNSTRUCTURED, Pattern
from spikewright.compress.pruners.spending import COUNTED_IMAGES, additions
from spikewright.compress.quantisers.activations import keep_ranges_positive
from spikewright.compress.training.attached import held
from spikewright.compress.training.data import Data, check_shown, device_of
from spikewright.compress.training.loop import Hooks, Perturb, TrainSettings, fit
from spikewright.inputs import check_settings
from spikewright.progress import shown, watched
from spikewright.tables import Within, check_fields

Masks = dict[str, torch.Tensor]


@dataclass(frozen=True)
class PruneSettings:
    """How weights are pruned. No layer keeps fewer weights than it has outputs.

    scope: "global" ranks all weights together, "layer" gives each layer the same sparsity.
    rounds: how often some are pruned, each time followed by the fine-tuning of `training`.
    final_epochs: how long the fine-tuning after the last round lasts.
    training: the fine-tuning.
    perturb: an attack, noise or augmentation to train with.
    pattern: what lives or dies together, see `Pattern`; "n:m" needs `scope` "layer".
    block: output channels of a block (None: 16), or channels of a group of "n:m" (None: 8).
    along: the channels that groups of "n:m" run over.
    spare: paths of layers that stay as they are; the sparsity is that of the others.
    counted: what the sparsity is a share of. "weights": of the weights. "additions": of the times that a spiking network adds a
        weight, by the first training images (Yang et al., arXiv 1611.05128, prune by energy): weights that read busy neurons
        count more, and work goes where a share of the weights may leave most of it.
    """

    scope: Literal["global", "layer"] = "global"
    rounds: Annotated[int, Within(1)] = 4
    final_epochs: Annotated[int, Within(0)] = 10
    training: TrainSettings = field(default_factory=lambda: TrainSettings(epochs=4, lr=2e-3, label_smoothing=0.1))
    perturb: Perturb | None = None
    pattern: Literal["unstructured", "channel-block", "n:m"] = "unstructured"
    block: Annotated[int, Within(1)] | None = None
    along: Literal["output", "input"] = "output"
    spare: tuple[str, ...] = ()
    counted: Literal["weights", "additions"] = "weights"

    def __post_init__(self) -> None:
        spare: object = self.spare
        if isinstance(spare, str):
            raise InvalidInput(f"expected paths of layers to spare, got one string; try spare=({self.spare!r},)")
        check_fields(self)
        if self.shape.kind == "n:m":
            self.shape.check(0.0, self.scope, self.counted)

    @property
    def shape(self) -> Pattern:
        """What lives or dies together."""
        return Pattern.of(self.pattern, self.block, self.along)


@dataclass(frozen=True)
class _Goal:
    """What stands in front of the settings.

    sparsity: the fraction of the weights to set to zero, or of the additions to save.
    """

    sparsity: Annotated[float, Within(0, below=1)] = 0.8


@dataclass(frozen=True)
class Prune(PruneSettings, _Goal, Method):
    """Weights of least magnitude become zero, in rounds with fine-tuning in between.

    Where additions are counted, each round counts them anew, since fewer weights make other neurons fire.
    Round t of n aims at s_t = s + (s_0 - s) * (1 - t/n)^3, s_0 what the model has already; without data all goes at once.
    Raises InvalidInput for settings out of range, and for a sparsity that the pattern cannot have.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.shape.check(self.sparsity, self.scope, self.counted)

    def apply(self, model: Any, data: Data | None = None, *, progress: Progress = shown) -> Compressed:
        """See `prune`."""
        shown = self._shown(data)
        draft = Draft.of(model)
        ways = {path: draft.straight(path) for path in weight_layers(draft.model, self.spare)}
        masks = {path: _mask(way, layer) for (path, way), layer in zip(ways.items(), self._layers(draft), strict=True)}
        each = self._each(draft, shown)
        start, rounds = sparsity_of(masks, each), self.rounds if data is not None else 1
        for turn in range(1, rounds + 1):
            target = self.sparsity + (start - self.sparsity) * (1 - turn / rounds) ** 3
            masks = self._chosen(draft, masks, target, each)
            pruned = {path: replace(way, kept=masks[path].numpy(), mask=None) for path, way in ways.items()}
            with held(draft, pruned) as attached:
                attached.rescale("mse")
                self._fine_tune(draft.model, data, turn, progress)
            each = self._each(draft, shown)
        draft.steps.append(self._told(masks, start, each, tuned=data is not None) + draft.left_alone())
        return draft.finish()

    def _shown(self, data: Data | None) -> torch.Tensor | None:
        """The images that additions are counted on, None where weights are counted."""
        if self.counted == "weights":
            return None
        if data is None:
            raise InvalidInput(
                "expected data to count additions on, got none; try prune(model, 0.9, (images, labels), ...)"
            )
        return check_shown(data)[:COUNTED_IMAGES]

    def _each(self, draft: Draft, shown: torch.Tensor | None) -> Masks | None:
        """How often the network as it is now adds each weight, by output channel; None where weights are counted."""
        if shown is None:
            return None
        found = additions(draft.model, weight_layers(draft.model, self.spare), shown.to(device_of(draft.model)))
        return {path: one.cpu() for path, one in found.items()}

    def _fine_tune(self, model: nn.Module, data: Data | None, turn: int, progress: Progress) -> None:
        if data is None:
            return
        training = replace(self.training, epochs=self.final_epochs) if turn == self.rounds else self.training
        stage = f"prune {turn}/{self.rounds}"
        fit(model, data, training, hooks=Hooks(self.perturb, keep_ranges_positive, progress=progress, stage=stage))

    def _layers(self, draft: Draft) -> list[Any]:
        return list(weight_layers(draft.model, self.spare).values())

    def _chosen(self, draft: Draft, masks: Masks, sparsity: float, each: Masks | None) -> Masks:
        """The masks of that sparsity, by output channel."""
        rows = {path: torch.from_numpy(rows_of(layer)) for path, layer in zip(masks, self._layers(draft), strict=True)}
        return magnitude_masks(rows, masks, sparsity, self.scope, self.shape, each)

    def _told(self, masks: Masks, start: float, each: Masks | None, *, tuned: bool) -> str:
        reached = f"{100 * sparsity_of(masks):.1f} % of the weights"
        if each is not None:
            reached = f"{100 * sparsity_of(masks, each):.1f} % of the additions, {reached}"
        rounds = "one round" if self.rounds == 1 else f"{self.rounds} rounds"
        how = f"in {rounds} with fine-tuning" if tuned else "in one go, not fine-tuned (no data)"
        minimal = [path for path, mask in masks.items() if int(mask.sum()) <= mask.shape[0] < mask.numel()]
        text = f"prune: {reached}, {self.scope} magnitude, {how}"
        if self.shape != UNSTRUCTURED:
            text += f"; {self.shape}"
        if self.spare:
            text += f"; {', '.join(self.spare)} spared"
        if start > self.sparsity:
            text += f"; {100 * start:.1f} % were pruned already, more than the {100 * self.sparsity:.1f} % asked for"
        if minimal:
            text += f"; at their minimum of one weight per output: {', '.join(minimal)}"
        return text


@watched
def prune(
    model: Any,
    sparsity: float = 0.8,
    data: Data | None = None,
    *,
    settings: PruneSettings | None = None,
    output: Output | None = None,
    fixed: Mapping[str, Any] | None = None,
    progress: Progress = shown,
) -> Compressed:
    """Set the fraction `sparsity` of the weights of least magnitude to zero, in rounds with fine-tuning in between.

    With `PruneSettings(counted="additions")` it is the fraction of the spiking network's additions that are saved.
    Blocks are pruned whole, so up to one block more goes; "n:m" keeps n = m (1 - sparsity) of every m. Biases stay. `model` is
    an nn.Module or a Compressed, `data` images `(samples, C, H, W)` and labels `(samples,)`; without data all is pruned
    at once and nothing is fine-tuned. What was pruned stays pruned; what was quantised is quantised again.
    Raises InvalidInput for a sparsity outside [0, 1), one that leaves a layer fewer weights than outputs, and one that
    the pattern cannot have. `output`, `fixed`: as of `choose`. The record of this function is `Prune`.
    """
    settings = settings or PruneSettings()
    check_settings(settings, PruneSettings)
    chosen = {one.name: getattr(settings, one.name) for one in fields(PruneSettings)}
    return Prune(sparsity, **chosen).apply(choose(model, output, fixed), data, progress=progress)


def _mask(way: Straight, layer: Any) -> torch.Tensor:
    """What is left of a layer, outputs first."""
    return torch.ones(rows_of(layer).shape, dtype=torch.bool) if way.kept is None else torch.from_numpy(way.kept)
