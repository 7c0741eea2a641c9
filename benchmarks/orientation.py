"""What is not the same computation, measured for orientation: the layerwise schedule, the CNN before conversion."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from benchmarks.case import Case
from benchmarks.entries import Entry, Sizes, accuracy_of, work_columns
from benchmarks.timing import Run
from spikewright.snn import simulate


def orientation_entries(case: Case, sizes: Sizes) -> Iterator[Entry]:
    """What is not the same computation: for orientation."""
    images = case.images[: sizes.peer_images]
    yield _layerwise(case, sizes)
    for last in (False, True):
        name = f"dense CNN, channels {'last' if last else 'first'}"
        logits = dense_cnn(case, images, last, 64)
        columns = {
            "how": "the network before conversion, batch 64",
            "accuracy": accuracy_of(logits(), case),
            "images": len(images),
        }
        yield Entry(name, "cnn", Run(logits, len(images)), columns)


def _layerwise(case: Case, sizes: Sizes) -> Entry:
    """The schedule in which a layer gathers its window before it fires: other spikes in time, so a row of its own."""
    network = replace(case.fixed, schedule="layerwise")
    images, labels = case.images[: sizes.event_images], case.labels[: sizes.event_images]
    activity = simulate(network, images)
    how = "each layer gathers the whole window, then fires: not a simulation step by step"
    columns = {"how": how, "accuracy": activity.accuracy(labels), "images": len(images), **work_columns(activity)}
    return Entry("event fixed, layerwise", "orientation", Run(partial(simulate, network, images), len(images)), columns)


def dense_cnn(case: Case, images: np.ndarray, last: bool, batch: int) -> Callable[[], np.ndarray]:
    """What gives the logits of the network before conversion, so many images at a time, with channels `last` or first."""
    layout = torch.channels_last if last and images.ndim == 4 else torch.contiguous_format

    @torch.inference_mode()
    def logits() -> np.ndarray:
        model = case.model.to(memory_format=layout)
        batches = (torch.from_numpy(images[start : start + batch]) for start in range(0, len(images), batch))
        return torch.cat([model(some.contiguous(memory_format=layout)) for some in batches]).numpy()

    return logits
