"""Unsupervised learning by spike timing: `start_stdp`, `train_stdp`, `respond`, `label_neurons`, `classify`.

One step t of a network (float32, each operation rounded once):

    S = -inhibition for every neuron but the one that fired in step t - 1, else 0; plus the weights of the inputs that
        fire in t, in the order of their numbers
    V = decay V + S, decay = 1 - step / tau; V = 0 in the refractory steps after a spike
    of the neurons with (V - theta) - threshold >= 0 the one with the largest excess fires: V = 0, and when it learns,
        theta grows and its weights follow `StdpRule`

Every presentation begins at V = 0 with no traces: the rest after each image is there to bring all variables but theta
back to their resting values (Diehl and Cook 2015), and is taken to have done so. Input i fires in a step iff
draw < floor(2**64 x chance), draws as in `snn.disturb.noise` with the stream 4 attempt + purpose (1 training, 2 labelling,
3 classifying), sample = the number of the presentation or image, neuron = i. Initial weights: (draw >> 40) / 2**24 + 0.01
of stream 0, sample = input, step 0, scaled to the rule's sum. Results are a function of design, seed and images alone.
"""

from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, Progress
from spikewright.inputs import as_images, as_labels, check_range
from spikewright.progress import shown, watched
from spikewright.snn.checked import check_seed
from spikewright.snn.disturb.randomness import draws
from spikewright.snn.learning.records import Learned, Responses, WinnerTakeAll

PURPOSES = {"train": 1, "label": 2, "classify": 3}
BLOCK = 192
"""Images between two calls of `progress` and two chances to interrupt, at 400 neurons: a fraction of a second."""


def start_stdp(network: WinnerTakeAll, seed: int = 0) -> Learned:
    """The network before its first image: random weights, each neuron's with the rule's sum. Raises InvalidInput."""
    check_seed(seed)
    uniform = (draws(seed, 0, network.inputs, network.neurons) >> np.uint64(40)).astype(np.float32) / np.float32(2**24)
    weights = uniform + np.float32(0.01)
    total = weights.astype(np.float64).cumsum(axis=0)[-1]
    weights *= (network.rule.weight_sum / total).astype(np.float32)
    weights = np.minimum(weights, np.float32(network.rule.weight_max))
    return Learned(network, weights, np.zeros(network.neurons, np.float32), seed)


@watched
def train_stdp(
    learned: Learned, images: Any, presentations: int, *, engine: str = "event", progress: Progress = shown
) -> tuple[Learned, Responses]:
    """Show `presentations` more images and learn from them; returns the new state and what came back.

    Presentation k, counted over all calls, shows image k mod n of `images (n, ...)`, values in [0, 1]: two calls give
    the same bytes as one. Labels are not needed. `engine`: "event" or the plain "reference".
    Raises InvalidInput for a wrong shape, NaN, values outside [0, 1] or presentations < 1.
    """
    pixels = _pixels(learned.network, images)
    if presentations < 1:
        raise InvalidInput(f"expected at least 1 presentation, got {presentations}")
    parts = []
    weights, theta = learned.weights.copy(), learned.theta.copy()
    run = _engine(engine).train
    size = _block(learned.network)
    for done in range(0, presentations, size):
        progress("learn", done, presentations)
        first = learned.presentations + done
        shown = pixels[np.arange(first, first + min(size, presentations - done)) % len(pixels)]
        parts.append(run(learned, (weights, theta), shown, first))
    progress("learn", presentations, presentations)
    after = Learned(learned.network, weights, theta, learned.seed, learned.presentations + presentations)
    return after, Responses.joined(parts)


@watched
def respond(
    learned: Learned,
    images: Any,
    purpose: Literal["label", "classify"] = "classify",
    *,
    engine: str = "event",
    progress: Progress = shown,
) -> Responses:
    """Show `images (n, ...)` without learning; each answer depends on its image and number alone. Raises InvalidInput."""
    if purpose not in ("label", "classify"):
        raise InvalidInput(f"expected the purpose label or classify, got {purpose!r}")
    pixels = _pixels(learned.network, images)
    run = _engine(engine).answer
    parts, size = [], 4 * _block(learned.network)
    for first in range(0, len(pixels), size):
        progress(purpose, first, len(pixels))
        parts.append(run(learned, pixels[first : first + size], first, PURPOSES[purpose]))
    progress(purpose, len(pixels), len(pixels))
    return Responses.joined(parts)


@watched
def label_neurons(responses: Responses, labels: Any, classes: int = 10) -> NDArray[np.int64]:
    """The class to which each neuron answers most, on average over its images; -1 for one that never fired. `(neurons,)`.

    The lowest class wins a tie. This is the only place that sees labels. Raises InvalidInput for labels that do not fit.
    """
    known = as_labels(labels, len(responses.counts), classes)
    sums = np.stack([responses.counts[known == one].sum(axis=0, dtype=np.int64) for one in range(classes)])
    means = sums / np.maximum(np.bincount(known, minlength=classes), 1)[:, None]
    return np.where(means.max(axis=0) > 0, means.argmax(axis=0), -1).astype(np.int64)


@watched
def decide(responses: Responses, assigned: Any, classes: int = 10) -> NDArray[np.int64]:
    """The class whose neurons fired most on average, `(images,)`; the lowest wins a tie. Raises InvalidInput."""
    owner = np.asarray(assigned)
    neurons = responses.counts.shape[1]
    if owner.shape != (neurons,) or (owner.size and not -1 <= owner.min() <= owner.max() < classes):
        raise InvalidInput(
            f"expected a class from -1 to {classes - 1} for each of {neurons} neurons, got {owner.shape}"
        )
    means = np.full((len(responses.counts), classes), -1.0)  # a class without neurons is never chosen
    for one in np.unique(owner[owner >= 0]):
        means[:, one] = responses.counts[:, owner == one].sum(axis=1, dtype=np.int64) / (owner == one).sum()
    return np.asarray(means.argmax(axis=1), np.int64)


def classify(
    learned: Learned, assigned: Any, images: Any, classes: int = 10, *, progress: Progress = shown
) -> NDArray[np.int64]:
    """Show `images` to a trained network whose neurons have been labelled; the class of each, `(n,)`. Raises InvalidInput."""
    return decide(respond(learned, images, progress=progress), assigned, classes)


def _pixels(network: WinnerTakeAll, images: Any) -> NDArray[np.float32]:
    array = as_images(images)
    if array[0].size != network.inputs:
        raise InvalidInput(f"expected images of {network.inputs} values each and at least one, got shape {array.shape}")
    check_range(array, (0.0, 1.0))
    return array.reshape(len(array), -1)


def _block(network: WinnerTakeAll) -> int:
    """Images that one call of a kernel takes: fewer of them when there are more neurons."""
    return max(1, BLOCK * 400 * 350 // (max(network.neurons, 50) * network.shown.steps))


def _engine(name: str) -> Any:
    if name not in ("event", "reference"):
        raise InvalidInput(f"expected the engine 'event' or 'reference', got {name!r}")
    return import_module(f"spikewright.snn.learning.{name}")
