"""From recordings to a spiking classifier: a CNN on event counts, converted, and then fed with the events themselves.

Why no threshold has to change: a pixel's value is its spikes divided by the steps, x = n / T. The converted network would
receive W x as a current in each of T steps, T W x = W n in all; n events that each bring W once bring the same charge.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from spikewright import Progress
from spikewright.experiments.events.data import EventData, count_frames
from spikewright.progress import shown
from spikewright.snn.codes import AddressEvents
from spikewright.snn.neurons import IF, SignedIF

if TYPE_CHECKING:
    from torch import nn

    from spikewright.snn import Network


@dataclass(frozen=True, eq=False)
class EventClassifier:
    """The trained CNN, and the spiking networks whose input are events. `frames_accuracy`: of the CNN on the test frames.

    `network` has `SignedIF` neurons: events come in bursts, an IF neuron that fired in one cannot take its spike back when
    the inhibition comes later, and a SignedIF can. `plain` is the same with IF neurons.
    """

    model: "nn.Module"
    network: "Network"
    plain: "Network"
    frames_accuracy: float


def event_cnn(shape: tuple[int, int, int], classes: int) -> "nn.Module":
    """Two convolutions with stride 2 and a linear layer, without pooling; logits `(batch, classes)`."""
    from torch import nn

    polarities, rows, columns = shape
    size = 32 * -(-rows // 4) * -(-columns // 4)
    return nn.Sequential(
        nn.Conv2d(polarities, 16, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(size, classes),
    )


def train_classifier(
    data: EventData, code: AddressEvents, *, epochs: int = 30, seed: int = 0, progress: Progress = shown
) -> EventClassifier:
    """Train on the frames of the training samples, convert with the thresholds of those frames, and replace the code.

    The last epoch is taken whatever it gives on the test samples; same seed, same weights. Raises InvalidInput for events
    that do not fit, or a limit above one spike a step, whose frames leave [0, 1].
    """
    import torch

    from spikewright.conversion import Rate, convert
    from spikewright.experiments.data.load import Dataset
    from spikewright.experiments.training.recipe import TrainRecipe
    from spikewright.experiments.training.run import accuracy, train

    frames = [count_frames(samples, data.shape, code) for samples in (data.train, data.test)]
    dataset = Dataset(data.name, frames[0], data.train_labels, frames[1], data.test_labels, data.classes)
    torch.manual_seed(seed)
    model: Any = event_cnn(data.shape, len(data.classes))
    with torch.no_grad():
        model[0].weight *= code.steps / 4  # a pixel has a few events in all: x is small, and would hardly be seen
    recipe = TrainRecipe(epochs, 64, 5e-3, 1e-4, "adam", shift=2, seed=seed)
    train(model, dataset, recipe, progress=progress)
    plain = replace(
        convert(model, torch.from_numpy(frames[0]), Rate(code.steps, percentile=99.9, calibration=None)), code=code
    )
    return EventClassifier(model, with_signed(plain), plain, accuracy(model, frames[1], data.test_labels))


def with_signed(network: "Network") -> "Network":
    """The network with a SignedIF of the same threshold in place of every IF."""
    signed = [
        replace(p, neuron=SignedIF(p.neuron.threshold)) if isinstance(p.neuron, IF) else p for p in network.populations
    ]
    return replace(network, populations=tuple(signed))
