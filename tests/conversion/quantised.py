"""Quantised models of the architectures, images that lie on the grid of the input, and the logits of model and network."""

import numpy as np
import torch

from spikewright.compress import Compressed, QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Exact
from spikewright.snn import Network, simulate
from tests.conversion.architectures import CASES, Case, build, images

SCHEDULES = [Exact(), Exact("synchronous"), Exact("synchronous", 4)]
QUANTISED = ["mlp", "lenet", "functional", "residual", "depthwise", "reused", "twice", "all convolutional"]
NO_TRAINING = QuantizeSettings(training=TrainSettings(epochs=0))


def small(case: Case, bits: int = 4, activation_bits: int | None = 3) -> Compressed:
    """The model of a case with weights of `bits` and activations of `activation_bits`."""
    data = (images(case, 16), torch.zeros(16, dtype=torch.int64))
    return quantize(build(case), bits, data, activation_bits=activation_bits, settings=NO_TRAINING)


def on_grid(case: Case, count: int = 12) -> torch.Tensor:
    """Its images, rounded to 255 levels."""
    return (images(case, count) * 255).round() / 255


def answers(network: Network, name: str) -> np.ndarray:
    """Logits of a network for the images of a case."""
    return simulate(network, images(CASES[name]).numpy(), engine="reference").logits * network.logit_scale


def truth(model: Compressed, name: str) -> np.ndarray:
    """Those of a model."""
    with torch.no_grad():
        logits = model(images(CASES[name])).flatten(1).double()
    return logits.numpy()
