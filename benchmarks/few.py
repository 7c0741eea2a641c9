"""`few`: spiking networks of few steps, and the quantised CNN in integers, against the float32 CNN that they came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from benchmarks.benchmark import Benchmark
from benchmarks.case import Case, load_case
from benchmarks.entries import accuracy_of
from benchmarks.equality import compare, event_answer
from benchmarks.orientation import dense_cnn
from benchmarks.timing import Run, take_turns
from spikewright import Table
from spikewright.snn import Network, simulate

WANTED = {"event fixed, 8 steps": 0.6, "integers, 4-bit activations": 1.0, "integers, 8-bit activations": 1.0}
"""The least speed of each, as a share of the float32 CNN's."""
BATCHES = (64, 256)
CHECKED = 16
CALIBRATION = 256


@dataclass(frozen=True)
class Few(Benchmark):
    """Images per second of the CNN in its best batch and memory order, of few steps and of integer inference, taking turns.

    network: of the zoo.
    steps: of the spiking networks, one for each.
    activation_bits: of the quantised CNNs, whose weights have 8 bits; one for each.
    images: of a turn.
    repeats: turns.
    """

    version: ClassVar[int] = 1
    network: str = "small-digits"
    steps: tuple[int, ...] = (4, 8)
    activation_bits: tuple[int, ...] = (4, 8)
    images: int = 1024
    repeats: int = 5

    def rows(self, data: str | None) -> Iterator[dict[str, Any]]:
        """One row for each."""
        cases = {steps: load_case(self.network, data, steps) for steps in self.steps}
        case = next(iter(cases.values()))
        images = case.images[: self.images]
        runs, told = {}, {}
        for batch in BATCHES:
            for last in (False, True):
                name = f"CNN, float32, channels {'last' if last else 'first'}, batch {batch}"
                logits = dense_cnn(case, images, last, batch)
                runs[name] = Run(logits, len(images))
                told[name] = {"kind": "cnn", "accuracy": accuracy_of(logits(), case), "equal": None}
        networks = {f"event fixed, {steps} steps": one.fixed for steps, one in cases.items()}
        for bits in self.activation_bits:
            networks[f"integers, {bits}-bit activations"] = _integers(case, data, bits)
        for name, network in networks.items():
            runs[name] = Run(partial(simulate, network, images), len(images))
            told[name] = {"kind": "event", **_judged(network, case, images)}
        speeds = take_turns(runs, self.repeats)
        best = max(speed.median for name, speed in speeds.items() if told[name]["kind"] == "cnn")
        for name, speed in speeds.items():
            shares = {**speed.columns(), "times_cnn": speed.median / best}
            yield {"network": case.name, "runner": name, **shares, **told[name]}


def reaches_cnn(table: Table) -> bool:
    """Whether few steps and integers are as quick as wanted, those that were measured."""
    return all(row["times_cnn"] >= WANTED.get(row["runner"], 0.0) for row in table)


def _integers(case: Case, data: str | None, bits: int) -> Network:
    """The CNN with 8-bit weights and activations of `bits` bits, in integers from the image to the logits."""
    import torch

    from spikewright.compress import quantize
    from spikewright.conversion import Quantized, convert
    from spikewright.experiments.data.load import load_dataset

    found = load_dataset(case.dataset, data)
    images = torch.from_numpy(found.train_images[:CALIBRATION])
    train = images, torch.from_numpy(found.train_labels[:CALIBRATION])
    small = quantize(case.model, bits=8, activation_bits=bits, data=train)
    return convert(small, images, Quantized()).to_fixed()


def _judged(network: Network, case: Case, images: np.ndarray) -> dict[str, Any]:
    few = images[:CHECKED]
    exact = compare(event_answer(network, few, "reference"), event_answer(network, few)).exact
    return {"accuracy": simulate(network, images).accuracy(case.labels[: len(images)]), "equal": exact}
