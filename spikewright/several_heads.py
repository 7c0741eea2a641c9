"""All heads of an output side by side: what they decide together, and who needs a single one of a certain kind."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spikewright.answers import TOLD, UNSCORED, Head, Values
from spikewright.errors import InvalidInput


def decisions(heads: Sequence[Head], logits: Values, *, ended: bool = False) -> NDArray[np.int64]:
    """All that the heads decide of logits `(n, neurons)`, side by side, `(n, decisions)`; none where they give values.

    They are in the model's units unless all heads are of classes. `ended`: they went through the endings of the heads already.
    """
    found, start = [np.zeros((len(logits), 0), np.int64)], 0
    for head in heads:
        own = logits[:, start : start + head.neurons(logits.shape[1])]
        start += own.shape[1]
        if head.decides(own.shape[1]):
            found.append(head.predictions(own, ended=ended).reshape(len(logits), -1))
    return np.concatenate(found, axis=1)


def only_head(heads: Sequence[Head], what: str) -> Head:
    """The head of a model with one. Raises InvalidInput for several, with their names; `what` is a way to one of them."""
    if len(heads) > 1:
        names = ", ".join(repr(head.name) for head in heads)
        raise InvalidInput(f"expected one output, got {names} side by side; try {what.format(repr(heads[0].name))}")
    return heads[0]


def image_classes(heads: Sequence[Head], what: str) -> Head:
    """The head of a model that gives one class for each sample; `what` is who needs that.

    Raises InvalidInput for others, which it names.
    """
    head = only_head(heads, "the model with output={0}")
    if not head.flat:
        place = "" if head.shape is None else f" of shape {head.shape}"
        raise InvalidInput(
            f"expected one class for each sample for {what}, got {TOLD[head.kind]}{place}; "
            f"try simulate and activity.{UNSCORED[head.kind]}"
        )
    return head
