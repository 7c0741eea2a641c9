"""What is measured: a trained network of the zoo as CNN, as float32 and as fixed-point spiking network, with its test set."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn import Network


@dataclass(frozen=True, eq=False)
class Case:
    """One network at a number of steps. `images (n, channels, height, width)` and `labels (n,)`: the whole test split."""

    name: str
    dataset: str
    model: Any
    network: Network
    fixed: Network
    images: NDArray[np.float32]
    labels: NDArray[np.int64]


def title_of(name: str, steps: int) -> str:
    """A case for captions. Raises InvalidInput for an unknown network."""
    from spikewright import experiments

    return f"{name} on {experiments.card(name).dataset}, {steps} steps"


def load_case(name: str, data: str | Path | None, steps: int, calibration: int = 1000) -> Case:
    """The zoo's network `name`, converted at `steps` with thresholds from `calibration` training images.

    `data`: folder of the data set; None where it is built in. Raises InvalidInput for an unknown name, InvalidFile for
    missing data or weights, Unconvertible where a layer has no spiking counterpart.
    """
    import torch

    from spikewright import experiments
    from spikewright.conversion import Rate, convert
    from spikewright.experiments.data.load import load_dataset

    card = experiments.card(name)
    found = load_dataset(card.dataset, data)
    model = experiments.load(name)
    network = convert(
        model, torch.from_numpy(found.train_images[:calibration]), Rate(steps=steps, percentile=99.9, calibration=None)
    )
    return Case(
        name,
        card.dataset,
        model,
        network,
        network.to_fixed(),
        found.test_images,
        found.test_labels,
    )
