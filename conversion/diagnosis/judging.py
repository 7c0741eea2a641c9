"""The verdict that every conversion ends with: a short run of the network beside what it stands for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright import InvalidInput, Progress
from spikewright.conversion.calibration.two_phases import two_phase
from spikewright.conversion.diagnosis.advice import worst_of
from spikewright.conversion.diagnosis.agreeing import shares_agreed
from spikewright.conversion.diagnosis.populations import RECORDS, PopulationTallies, bytes_of_sample
from spikewright.conversion.diagnosis.rereading import as_sent
from spikewright.conversion.forward import activations
from spikewright.conversion.reading.plan import Plan
from spikewright.snn import Activity, Network, simulate
from spikewright.snn.verdicts import ENOUGH, Trial, Verdict

MOST_UPDATES = 1 << 31
"""Updates of a neuron in the run of the network itself, and again in all runs for other steps together."""
MOST_SAMPLES, FEWEST_SAMPLES = 1000, 4
TRIED_SAMPLES = 128
LONGEST = 16
"""Times the steps of the network, up to which others are tried."""
LOSS_SAMPLES, LOSS_BYTES = 32, 1 << 28
"""Samples on which the layer is looked for that loses most, and what the records of their run may take."""
CALIBRATION = 10
"""Runs of the samples that a calibration comes to."""
ACTIVATION_BYTES = 1 << 27
ROUNDED = 1e-6
"""Of a sum of shares."""

Again = Callable[[int, torch.Tensor], Network]
"""again(steps, images): the same conversion for other steps, on some of the samples."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What is judged. `images (n, ...)`: float32, as the plan takes them. `apart`: they are not those it was made on."""

    plan: Plan
    images: torch.Tensor
    apart: bool
    progress: Progress

    def verdict(self, network: Network, steps: int, again: Again | None) -> Verdict:
        """The verdict on `network`, converted for `steps`, pre-steps included. `again` makes it for others, None where it cannot.

        Raises SpikewrightError where the network cannot run on these images.
        """
        images = self.images[: _affordable(network, len(self.images))]
        self.progress("judge", 0, len(images))
        truth = self._truth(images)
        seen = self._trial(network, images, truth, steps)
        self.progress("judge", len(images), len(images))
        tried = () if again is None else tuple(self._tried(seen, network, truth, again))
        worst, part = self._loss(network)
        return Verdict(seen, tuple(sorted(tried, key=lambda t: t.steps)), self.apart, worst, part, network.numbers)

    def _truth(self, images: torch.Tensor) -> NDArray[np.float64]:
        """What the model answers, `(n, outputs)`."""
        neurons = sum(int(np.prod(shape)) for shape in self.plan.shapes.values())
        batch = max(1, ACTIVATION_BYTES // (8 * neurons))
        with torch.no_grad():
            parts = [
                self.plan.answered(activations(self.plan, part)[self.plan.output.name].flatten(1))
                for part in torch.split(images, batch)
            ]
        return torch.cat(parts).numpy()

    def _trial(self, network: Network, images: torch.Tensor, truth: NDArray[np.float64], steps: int) -> Trial:
        agreed = shares_agreed(run_once(network, images.numpy()), truth).sum()
        return Trial(steps, len(images), int(agreed + ROUNDED))  # shares of a sample add up to a rounded whole

    def _tried(self, seen: Trial, network: Network, truth: NDArray[np.float64], again: Again) -> Iterator[Trial]:
        """Twice the steps until they are enough, or half of them until they are not, as long as it is cheap."""
        neurons, left = sum(p.size for p in network.populations), MOST_UPDATES
        upwards = seen.share < ENOUGH
        steps = seen.steps * 2 if upwards else seen.steps // 2
        while 1 <= steps <= LONGEST * seen.steps:
            samples = min(TRIED_SAMPLES, seen.samples, left // (neurons * steps * (1 + CALIBRATION)))
            if samples < min(16, seen.samples):
                return
            left -= samples * neurons * steps * (1 + CALIBRATION)
            self.progress("judge other steps", steps, LONGEST * seen.steps)
            try:
                images = self.images[:samples]
                trial = self._trial(again(steps, images), images, truth[:samples], steps)
            except InvalidInput:
                return  # steps that this recipe cannot have
            yield trial
            if (trial.share >= ENOUGH) == upwards:
                return
            steps = steps * 2 if upwards else steps // 2

    def _loss(self, network: Network) -> tuple[str, str]:
        """The population that adds the largest error and its largest part."""
        samples = min(LOSS_SAMPLES, len(self.images), LOSS_BYTES // bytes_of_sample(network))
        if not samples or network.run.phases is not None:
            return "", ""
        images = self.images[:samples]
        plan = as_sent(network, self.plan)
        tallies = PopulationTallies(plan, network, samples)
        with torch.no_grad():
            values = {name: value.flatten(1).numpy() for name, value in activations(plan, images).items()}
        tallies.take(values, simulate(network, images.numpy(), record=RECORDS))
        worst = worst_of(tallies.layers())
        return ("", "") if worst is None else (worst.population, worst.culprit)


def run_once(network: Network, images: Any) -> Activity:
    """A run in one phase or in two, as the network needs it."""
    return two_phase(network, images) if network.run.phases is not None else simulate(network, images)


def _affordable(network: Network, samples: int) -> int:
    updates = sum(p.size for p in network.populations) * network.steps
    return max(min(FEWEST_SAMPLES, samples), min(samples, MOST_SAMPLES, MOST_UPDATES // updates))
