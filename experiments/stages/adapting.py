"""The stage that adapts a model, to see what each replacement costs; to go on with it, `adapt` is a method of compression."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from spikewright import InvalidInput
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.origin import hand_on
from spikewright.experiments.runs.work import COMPRESSED, Work
from spikewright.experiments.stages.accuracy import OF_MODELS, model_accuracy
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.tables import Within, check_fields

OF_ALL = ("measured", "images", "original", "untrained", "adapted", "agreement")
"""What a report says of the adaptation as a whole."""


@dataclass(frozen=True)
class AdaptStage(Stage):
    """What has no spiking form is replaced and the model trained on; the table has what each replacement cost.

    replace: by path, kind of layer or kind of place, the name of a substitute, or "keep"; what is not named is chosen.
    for_hardware: whether max pooling is replaced too.
    step_epochs: training after each replacement but the last.
    epochs: training after the last one.
    lr: the first learning rate.
    batch_size: images of one update.
    images: training images; none: all.
    labelled: whether the labels are used, or the model's own answers alone.
    """

    version: ClassVar[int] = 2
    makes: ClassVar[Columns] = {"accuracy": OF_MODELS, "adapted": OF_ALL[2:]}
    replace: Mapping[str, str] = field(default_factory=dict)
    for_hardware: bool = False
    step_epochs: Annotated[int, Within(0)] = 1
    epochs: Annotated[int, Within(0)] = 5
    lr: Annotated[float, Within(above=0)] = 3e-3
    batch_size: Annotated[int, Within(1)] = 64
    images: Annotated[int, Within(1)] | None = None
    labelled: bool = True

    def __post_init__(self) -> None:
        check_fields(self)

    def check(self) -> None:
        """The substitutes."""
        from spikewright.compress.adapting.exchanges import substitutes_of

        substitutes_of(self.replace)

    def run(self, work: Work) -> Rows:
        """The adapted model, its accuracy on the test images, what was right on the way, and a row for each replacement."""
        from spikewright.compress import Adapt, TrainSettings, save

        if work.is_network("subject"):
            raise InvalidInput("expected a model to adapt, got a spiking network; try subjects: [ann]")
        dataset, name = work.dataset, work.cell.name
        training = TrainSettings(epochs=self.epochs, lr=self.lr, batch_size=self.batch_size, seed=work.seed)
        labels = (dataset.train_labels[: self.images], dataset.test_labels) if self.labelled else (None, None)
        method = Adapt(
            self.replace,
            self.for_hardware,
            step_epochs=self.step_epochs,
            training=training,
            test=(dataset.test_images, labels[1]),
            checkpoint=work.checkpoint,
        )
        data = (dataset.train_images[: self.images], labels[0])
        made = method.apply(work.model("subject"), data, progress=work.progress)
        save(made, work.folder / COMPRESSED)
        hand_on(work.model_file("subject"), work.folder / COMPRESSED)
        whole = {what: getattr(made.report, what) for what in OF_ALL}
        return {
            "accuracy": [model_accuracy(made, dataset, name)],
            "adapted": [{"network": name, **whole}],
            "adaptation": [{"network": name, **row} for row in made.report.table],
        }
