"""`adapt`: a model with what has a spiking form in the place of what has none, trained to answer as before."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any

from torch import Tensor, fx

from spikewright import InvalidInput, Progress
from spikewright.compress.adapting.course import Course
from spikewright.compress.adapting.distilling import Teacher
from spikewright.compress.adapting.exchanges import Exchange, chosen
from spikewright.compress.adapting.judging import Judge, classes, judge_of, split
from spikewright.compress.adapting.replacing import fold_constant_gates
from spikewright.compress.adapting.report import Adapted, AdaptReport
from spikewright.compress.adapting.substitutes.base import Substitute
from spikewright.compress.compressed import Compressed
from spikewright.compress.draft import Draft
from spikewright.compress.expressions import codes_of
from spikewright.compress.graph.choosing import check_one_output
from spikewright.compress.methods import Method
from spikewright.compress.training.data import Data, check_classes
from spikewright.compress.training.epochs import meaning
from spikewright.compress.training.loop import TrainSettings
from spikewright.compress.training.threads import steady_threads
from spikewright.inputs import check_settings
from spikewright.progress import shown, watched
from spikewright.tables import Within, check_fields


@dataclass(frozen=True)
class AdaptSettings:
    """How a model is adapted.

    one_by_one: whether each place is a step of its own, instead of all places of one sort together.
    step_epochs: the training after each replacement but the last.
    training: the training after the last one; with epochs=0, and step_epochs=0, nothing is trained.
    temperature: what softens the answers of the original and of the child before they are compared.
    labels: the share of the labels in the loss, where there are any; the rest is the original's answers.
    calibration: how many images set ranges, statistics and constant gates.
    held_out: the share of the data that is not trained on but judged by, where there is no `test`.
    test: images and labels to judge by, as the data.
    checkpoint: a folder that is written after each epoch, and that a later call goes on from.
    """

    one_by_one: bool = False
    step_epochs: Annotated[int, Within(0)] = 1
    training: TrainSettings = field(default_factory=lambda: TrainSettings(epochs=5, lr=3e-3))
    temperature: Annotated[float, Within(above=0)] = 4.0
    labels: Annotated[float, Within(0, 1)] = 0.5
    calibration: Annotated[int, Within(1)] = 512
    held_out: Annotated[float, Within(above=0, below=1)] = 0.1
    test: Any = None
    checkpoint: str | Path | None = None

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True)
class _Wanted:
    """What stands in front of the settings.

    replace: by path, step, kind of layer ("SiLU") or kind of place ("gate"), the name of a substitute, or "keep"; what is not
        named is chosen.
    for_hardware: whether max pooling is replaced too, so that a spike core has averages in place of counts that are compared.
    """

    replace: Mapping[str, str | Substitute | None] = field(default_factory=dict)
    for_hardware: bool = False


@dataclass(frozen=True)
class Adapt(AdaptSettings, _Wanted, Method):
    """SiLU, gates, layer norms and the like are replaced by what has a spiking form, and the child trained to answer as before.

    Raises InvalidInput without data, for a model that cannot be traced, and for substitutes that fit no place.
    """

    def apply(self, model: Any, data: Data | None = None, *, progress: Progress = shown) -> Adapted:
        """See `adapt`."""
        if data is None:
            raise InvalidInput("expected data to train an adapted model on, got none; try data=(images, labels)")
        check_one_output(model, "an adaptation")
        draft = Draft.of(model)
        _check_real(draft)
        trained, judged, over = split(data, self.test, self.held_out, self.training.seed)
        with steady_threads(draft.model, trained[0]):
            view = draft.traced(trained[0][: self.calibration])
            original = copy.deepcopy(view.graph_module).eval()
            wanted = {"for_hardware": self.for_hardware, "one_by_one": self.one_by_one}
            choices = chosen(view, self.replace, **wanted)
            labels = classes(original, trained[0]) if trained[1] is None else trained[1]
            check_classes(original, trained[0], labels)
            judge = judge_of(original, judged, over)
            course = self._course(draft, original, (trained[0], labels), judge, progress, trained[1] is not None)
            return self._finished(course, choices)

    def _course(self, draft: Draft, original: fx.GraphModule, data: tuple[Tensor, Tensor], judge: Judge, progress: Progress,
                labelled: bool) -> Course:  # fmt: skip
        teacher = Teacher(original, self.temperature, self.labels if labelled else 0.0)
        told = repr(replace(self, test=None, checkpoint=None))
        kept = None
        if self.checkpoint is not None:
            kept = Path(self.checkpoint), meaning(original, (*data, judge.images, judge.labels), told)
        return Course(
            draft, original, *data, judge, teacher, self.training, self.step_epochs, self.calibration, kept, progress
        )

    def _finished(self, course: Course, choices: tuple[Exchange, ...]) -> Adapted:
        judge, child = course.judge, course.draft
        rows, untrained = course.run(choices)
        small = fold_constant_gates(child.finish(), choices)
        module: Any = small.model
        report = AdaptReport(
            judge.measured,
            len(judge.images),
            judge.over,
            original=judge.right(course.original),
            untrained=untrained,
            adapted=judge.right(module),
            agreement=judge.agrees(module),
            replacements=rows,
        )
        held = {one.name: getattr(small, one.name) for one in fields(Compressed)}
        held["steps"] = (*small.steps, *(f"adapt: {line}" for line in str(report).splitlines()))
        return Adapted(**held, report=report)


@watched
def adapt(
    model: Any,
    data: Any,
    replace: Mapping[Any, Substitute | str | None] | None = None,
    *,
    for_hardware: bool = False,
    settings: AdaptSettings | None = None,
    progress: Progress = shown,
) -> Adapted:
    """The model with what has a spiking form in the place of what has none, trained by distillation from the original.

    SiLU, GELU, Hardswish, Mish, ELU, Softplus, tanh and sigmoid become ReLUs, gates (squeeze-and-excite) their mean over the
    data, folded into the layers around them, layer, group and instance norms batch norms; with `for_hardware` max pooling
    becomes average pooling. `replace` says otherwise: {nn.SiLU: "relu6", "features.3.act": Qcfs(levels=4), "gate": None}, a name
    of `SUBSTITUTES`, a record, or None to keep what is there, by path, kind of layer or kind of place.

    `data`: images `(n, C, H, W)` and labels `(n,)`, or (images, None), or images alone: then the child learns from what the
    original says alone, and agreement with it is measured. `model` is an nn.Module or a Compressed without integers, and is
    not changed. One sort of place after the other is replaced and trained, those first that harm least; the `report` of the
    result has what is right before and after, and what each replacement cost. With a `checkpoint` in the settings a call that
    was killed goes on to the same result.
    Raises InvalidInput for a model that cannot be traced or gives no logits, for keys of `replace` that fit no place, and for
    data that do not fit. The record of this function is `Adapt`.
    """
    settings = settings or AdaptSettings()
    check_settings(settings, AdaptSettings)
    told = {one.name: getattr(settings, one.name) for one in fields(AdaptSettings)}
    named = {key.__name__ if isinstance(key, type) else str(key): value for key, value in (replace or {}).items()}
    return Adapt(named, for_hardware, **told).apply(model, data, progress=progress)


def _check_real(draft: Draft) -> None:
    """Raises InvalidInput for weights that are integers: training the child would need other ones."""
    for path, e in draft.weights.items():
        if codes_of(e) is not None:
            raise InvalidInput(
                f"expected a model that is not quantised yet, got integers in {path}; try adapt before quantize"
            )
