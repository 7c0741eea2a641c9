"""Quantised models of the architectures, and images that lie on the grid of the input."""

import torch

from spikewright.compress import Compressed, QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Exact
from tests.conversion.architectures import Case, build, images

SCHEDULES = [Exact(), Exact("synchronous"), Exact("synchronous", 4)]
NO_TRAINING = QuantizeSettings(training=TrainSettings(epochs=0))


def small(case: Case, bits: int = 4, activation_bits: int = 3) -> Compressed:
    """The model of a case with weights of `bits` and activations of `activation_bits`."""
    data = (images(case, 16), torch.zeros(16, dtype=torch.int64))
    return quantize(build(case), bits, data, activation_bits=activation_bits, settings=NO_TRAINING)


def on_grid(case: Case, count: int = 12) -> torch.Tensor:
    """Its images, rounded to 255 levels."""
    return (images(case, count) * 255).round() / 255
