"""What the numbers mean that a model or a network answers with: which belong together, and how they become a decision.

Everything that makes a class, a score or an error of logits asks a `Head` for it; no other place takes the largest of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, prod
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from spikewright.errors import InvalidInput
from spikewright.inputs import is_real, is_whole
from spikewright.last_functions import ENDINGS, Ending

Kind = Literal["classes", "multilabel", "values"]
Values = NDArray[Any]
UNSCORED: Mapping[str, str] = {
    "classes": "accuracy, or mean_iou",
    "multilabel": "accuracy",
    "values": "error",
}
"""What is asked of the answers of a kind instead of what they do not have."""
TOLD: Mapping[str, str] = {"classes": "classes of places", "multilabel": "several labels a sample", "values": "values"}
"""What answers of a kind are called."""


@dataclass(frozen=True)
class Head:
    """One output of a model, and what its numbers mean.

    kind: "classes": scores of classes, counted by `axis`, of which one is right at each place; "multilabel": each number says by
        itself whether something is there, and labels are 0 and 1; "values": the numbers are the answer, as in a regression.
    shape: of one sample's answer, such as (classes,) or (classes, H, W); None: a vector of all output neurons.
    axis: the place of the classes in `shape`.
    name: of an output that is one of several.
    ending: the function that the model ended in and the network does not have; `answers` puts it on again, along `axis`.
    ignored: a label of places that do not count, such as 255; None: all count.
    threshold: of "multilabel", the probability above which something is there.
    """

    kind: Kind = "classes"
    shape: tuple[int, ...] | None = None
    axis: int = 0
    name: str = ""
    ending: Ending | None = None
    ignored: int | None = None
    threshold: float = 0.5

    def __post_init__(self) -> None:
        given: Any = self.shape
        if isinstance(given, list | tuple):
            object.__setattr__(self, "shape", tuple(map(_plain, given)))
        for name in ("axis", "ignored"):
            object.__setattr__(self, name, _plain(getattr(self, name)))
        _check(self)

    @property
    def flat(self) -> bool:
        """Whether it is one class for each sample, out of a vector of scores."""
        return self.kind == "classes" and (self.shape is None or len(self.shape) == 1) and self.ignored is None

    def neurons(self, whole: int) -> int:
        """How many numbers it has, out of those of `whole` logits."""
        return whole if self.shape is None else prod(self.shape)

    def arranged(self, logits: Values) -> Values:
        """Logits `(..., neurons)` in the shape of the head, `(..., *shape)`."""
        return logits if self.shape is None else logits.reshape(*logits.shape[:-1], *self.shape)

    def answers(self, logits: Values) -> Values:
        """Logits `(..., neurons)` in the model's units as the model gives them, `(..., *shape)`: with its `ending`."""
        values = self.arranged(logits)
        return values if self.ending is None else ENDINGS[self.ending](values, self._classes(values))

    def probabilities(self, logits: Values) -> Values:
        """Of logits `(..., neurons)` in the model's units, `(..., *shape)`, whatever the model ended in.

        A softmax over the classes, or a sigmoid where the model ended in one and of "multilabel". Raises InvalidInput for
        "values".
        """
        if self.kind == "values":
            raise InvalidInput("expected scores of classes, got values that are no probabilities; try answers")
        each = self.kind == "multilabel" or self.ending in ("sigmoid", "logsigmoid")
        values = self.arranged(logits)
        if not each:
            self._check_several(values)
        return ENDINGS["sigmoid" if each else "softmax"](values, self._classes(values))

    def predictions(self, logits: Values, *, ended: bool = False) -> Values:
        """What logits `(..., neurons)`, in the model's units unless they are of "classes", say; `ended`: with `ending` on.

        Of "classes" the number of the largest, int64 `(..., *places)`, the lowest of several; of "multilabel" 0 or 1, int64
        `(..., *shape)`; of "values" the answers. Raises InvalidInput for a single class, which nothing can be told from.
        """
        values = self.arranged(logits)
        if self.kind == "values":
            return values if ended else self.answers(logits)
        if self.kind == "multilabel":
            level = np.asarray(self.level)
            level = ENDINGS[self.ending](level, 0) if ended and self.ending is not None else level
            return np.asarray(values > level, dtype=np.int64)
        self._check_several(values)
        return np.asarray(values.argmax(axis=self._classes(values)), dtype=np.int64)

    def decides(self, neurons: int) -> bool:
        """Whether predictions of so many output neurons are decisions: not those of values, and of a single class."""
        classes = neurons if self.shape is None else self.shape[self.axis]
        return self.kind == "multilabel" or (self.kind == "classes" and classes > 1)

    @property
    def level(self) -> float:
        """The logit whose probability is the threshold."""
        return log(self.threshold / (1 - self.threshold))

    def counts(self, labels: Values) -> Values:
        """Which labels count, in their shape. Raises InvalidInput where none does."""
        counted = np.ones(labels.shape, dtype=bool) if self.ignored is None else labels != self.ignored
        if not counted.any():
            raise InvalidInput(f"expected some labels that count, got none, or only {self.ignored}; try others")
        return np.asarray(counted)

    def check_scored(self, wanted: Sequence[Kind], what: str) -> None:
        """Raises InvalidInput where answers of this kind have no score `what`."""
        if self.kind not in wanted:
            raise InvalidInput(
                f"expected answers that have {what}, got {TOLD[self.kind]}; try activity.{UNSCORED[self.kind]}"
            )

    def _classes(self, values: Values) -> int:
        """The axis of the classes, counted from the end of `(..., *shape)`."""
        return self.axis - (1 if self.shape is None else len(self.shape))

    def _check_several(self, values: Values) -> None:
        if values.shape[self._classes(values)] == 1:
            raise InvalidInput(
                "expected scores of at least two classes, got one output, which is always the largest; "
                'try network.with_head("multilabel"), which decides by its sign, or with_head("values")'
            )


def head_of_answer(shape: tuple[int, ...], ending: Ending | None = None, name: str = "") -> Head:
    """The head of an output `(batch, *shape)` that ends in `ending`: classes along the first axis, of a vector or of places.

    A vector with axes of one number is a vector, and one without a name says nothing of its shape. A single sigmoid decides by
    its sign.
    """
    kind: Kind = "multilabel" if prod(shape) == 1 and ending in ("sigmoid", "logsigmoid") else "classes"
    if prod(shape) in (1, *shape[:1]):
        return Head(kind, (prod(shape),) if name else None, name=name, ending=ending)
    return Head(kind, shape, name=name, ending=ending)


def _plain(value: Any) -> Any:
    """An integer of numpy as one of Python."""
    return int(value) if isinstance(value, np.integer) else value


def _check(head: Head) -> None:
    shape: Any = head.shape
    if head.kind not in get_args(Kind):
        raise InvalidInput(f"expected a head of {', '.join(get_args(Kind))}, got {head.kind!r}")
    if shape is not None and not (isinstance(shape, tuple) and shape and all(is_whole(one, 1) for one in shape)):
        raise InvalidInput(f"expected the shape of an answer such as (classes, H, W), got {shape!r}")
    if not is_whole(head.axis, 0) or head.axis >= (1 if shape is None else len(shape)):
        raise InvalidInput(f"expected an axis of the answer's shape {shape}, got {head.axis!r}; try axis=0")
    if head.ending is not None and head.ending not in ENDINGS:
        raise InvalidInput(f"expected an ending among {', '.join(ENDINGS)}, got {head.ending!r}")
    if head.ignored is not None and (isinstance(head.ignored, bool) or not isinstance(head.ignored, int)):
        raise InvalidInput(f"expected an integer label to ignore, got {head.ignored!r}; try ignored=255")
    if not is_real(head.threshold) or not 0 < head.threshold < 1:
        raise InvalidInput(f"expected a threshold between 0 and 1, got {head.threshold!r}; try 0.5")
