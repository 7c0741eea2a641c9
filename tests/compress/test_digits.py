"""The promise on real images: 80 % pruned with 4-bit weights, and 3-bit activations too, within a point of the CNN."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from spikewright.compress import TrainSettings, accuracy, fit, prune, quantize


@pytest.mark.slow
def test_digits_survive_compression() -> None:
    digits = load_digits()
    images = (digits.images / 16).astype("float32")[:, None]
    train_x, test_x, train_y, test_y = train_test_split(
        images, digits.target, test_size=0.25, stratify=digits.target, random_state=0
    )
    train, test = (train_x, train_y), (test_x, test_y)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(512, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        )
    fit(model, train, TrainSettings(epochs=40, lr=3e-3, weight_decay=1e-2, label_smoothing=0.1))
    pruned = prune(model, 0.8, train)
    whole = accuracy(model, test)
    assert whole >= 0.975
    for activation_bits in (None, 3):
        small = quantize(pruned, 4, train, activation_bits=activation_bits)
        assert accuracy(small, test) >= whole - 0.01
        assert small.footprint.sparsity >= 0.799 and small.footprint.ratio > 15
