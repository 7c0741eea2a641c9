"""Lines of the table of peers, and the columns that they share."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.case import Case
from benchmarks.equality import Agreement
from benchmarks.timing import Run
from spikewright.snn import Activity


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    peer_images: test images for the peers.
    event_images: most test images for the event engine.
    repeats: turns of all programs.
    batches: sizes to choose from.
    without: who is left out.
    """

    peer_images: int = 256
    event_images: int = 10_000
    repeats: int = 5
    batches: tuple[int, ...] = (4, 16, 64, 256)
    without: tuple[str, ...] = ()


@dataclass(eq=False)
class Entry:
    """One line of the table in the making."""

    name: str
    kind: str
    run: Run | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    failed: bool = False


def agreement_columns(agreement: Agreement, right: bool) -> dict[str, Any]:
    """Whether answers are the reference's, and what differs."""
    return {
        "equal": right,
        "predictions_differ": agreement.predictions,
        "images_with_other_counts": agreement.counts,
        "potentials_apart": agreement.potentials,
    }


def work_columns(activity: Activity) -> dict[str, float]:
    """Spikes per hidden neuron and step, and synaptic operations of an image."""
    hidden = [name for name in activity.neurons if name in activity.spikes][1:-1]
    spikes = sum(float(activity.spikes[name].mean()) for name in hidden)
    operations = sum(float(value.mean()) for value in activity.synaptic_operations.values())
    neurons = sum(activity.neurons[name] for name in hidden)
    return {"density": spikes / neurons / activity.steps, "synaptic_operations_per_image": operations}


def accuracy_of(logits: np.ndarray, case: Case) -> float:
    """Share of right predictions on the first images."""
    return float(np.mean(logits.argmax(1) == case.labels[: len(logits)]))
