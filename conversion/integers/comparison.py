"""Both networks on the same images: are the logits equal, how many steps, spikes and operations did it take?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, Progress
from spikewright.conversion.integers.pair import ExactPair
from spikewright.progress import shown, watched
from spikewright.snn import Activity, simulate

CHUNK = 500


@dataclass(frozen=True, eq=False)
class Equality:
    """What `verify` saw, sample by sample `(n,)`.

    `equal`: all logits are the same integers. `settled`: nothing fired any more before the last step (always so layerwise).
    `steps`: until the answer stood; `spikes` and `synaptic_operations`: of all populations and projections. The predictions of
    networks that give more than one class a sample are `(n, decisions)`, see `Activity.decisions`.
    """

    equal: NDArray[np.bool_]
    settled: NDArray[np.bool_]
    steps: NDArray[np.int64]
    spikes: NDArray[np.int64]
    synaptic_operations: NDArray[np.int64]
    cnn_predictions: NDArray[np.int64]
    snn_predictions: NDArray[np.int64]

    def __str__(self) -> str:
        told = f"logits equal on {self.equal.sum():,} of {self.equal.size:,} samples"
        return told if self.settled.all() else f"{told}; {(~self.settled).sum():,} have not settled"


def settled(activity: Activity) -> NDArray[np.bool_]:
    """Samples of a synchronous twin in which nothing fired any more before the last step, `(batch,)`."""
    return np.asarray(activity.decision_step < activity.steps)


@watched
def verify(pair: ExactPair, images: NDArray[np.float32], *, progress: Progress = shown) -> Equality:
    """Run the integer CNN and its spiking network on `images (n, C, H, W)` in [0, 1] and compare their logits as integers.

    Raises InvalidInput for no images, and what `simulate` raises.
    """
    if len(images) == 0:
        raise InvalidInput("expected at least one image, got none")
    parts = []
    for start in range(0, len(images), CHUNK):
        parts.append(_compared(pair, images[start : start + CHUNK]))
        progress("verify", min(start + CHUNK, len(images)), len(images))
    return Equality(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _compared(pair: ExactPair, images: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    cnn, snn = simulate(pair.cnn, images), simulate(pair.snn, images)
    layerwise = pair.snn.schedule == "layerwise"
    inner = {p.name for p in pair.snn.populations} - {pair.snn.input}
    return {
        "equal": np.all(cnn.logits == snn.logits, axis=1),
        "settled": np.ones(len(images), dtype=bool) if layerwise else settled(snn),
        "steps": np.full(len(images), pair.latency_steps) if layerwise else snn.decision_step,
        "spikes": _total(snn.spikes, inner),
        "synaptic_operations": _total(snn.synaptic_operations, set(snn.synaptic_operations)),
        "cnn_predictions": _said(cnn),
        "snn_predictions": _said(snn),
    }


def _total(counts: Mapping[str, NDArray[np.int64]], names: set[str]) -> NDArray[np.int64]:
    return np.asarray(sum(counts[name] for name in sorted(names)), dtype=np.int64)


def _said(activity: Activity) -> NDArray[np.int64]:
    found = activity.decisions
    return found[:, 0] if found.shape[1] == 1 else found
