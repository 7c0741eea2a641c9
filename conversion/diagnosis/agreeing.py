"""How far a network's answers are those of its model, head by head; what rounding decides counts as the same."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.conversion.diagnosis.times import TIE
from spikewright.snn import Activity

Floats = NDArray[np.float64]


def shares_agreed(activity: Activity, truth: Floats) -> Floats:
    """For each sample the share of its decisions that the model would take as well, `(n,)`: of one class 0 or 1.

    `truth (n, outputs)`: the model's logits. A class that is within rounding of the model's best counts as
    agreed. Raises InvalidInput for answers that decide nothing, such as values.
    """
    found, start = [], 0
    for head in activity.heads:
        own = slice(start, start + head.neurons(truth.shape[1]))
        start = own.stop
        if head.decides(own.stop - own.start):
            raw: Any = activity.logits[:, own]
            logits = raw if head.kind == "classes" else activity.in_units(raw)
            found.append(_agreed(head, head.predictions(logits), truth[:, own]))
    if not found:
        raise InvalidInput(
            "expected answers that decide something, got values or a single score; "
            'try network.with_head("multilabel"), and activity.error for values'
        )
    agreed: Floats = np.concatenate(found, axis=1).mean(axis=1)
    return agreed


def _agreed(head: Head, guesses: NDArray[np.int64], truth: Floats) -> NDArray[np.bool_]:
    scores, axis = head.arranged(truth), 1 + head.axis
    room = TIE * np.abs(scores).reshape(len(truth), -1).max(axis=1)
    if head.kind == "multilabel":
        same = guesses == head.predictions(truth)
        close = np.abs(scores - head.level).reshape(same.shape) <= room.reshape(-1, *[1] * (same.ndim - 1))
        return np.asarray(same | close).reshape(len(truth), -1)
    given = np.take_along_axis(scores, np.expand_dims(guesses, axis), axis).reshape(len(truth), -1)
    return np.asarray(given >= scores.max(axis=axis).reshape(len(truth), -1) - room[:, None])
