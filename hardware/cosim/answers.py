"""The answers of a circuit: class, steps and logits of each inference."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.readouts import answer_bits
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim.record import ANSWER, CircuitRun
from spikewright.snn import Network, simulate

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CircuitAnswers:
    """`classes (samples,)`, the neuron with the largest logit; `steps (samples,)` taken; `logits (samples, neurons)`."""

    classes: Whole
    steps: Whole
    logits: Whole

    @classmethod
    def expected(cls, network: Network, images: Any) -> "CircuitAnswers":
        """Those of the engine, of the output neurons in front of a tail."""
        activity = simulate(replace(network, tail=None), images)
        logits = np.asarray(activity.logits).astype(np.int64)
        return cls(logits.argmax(axis=1), activity.decision_step, logits)

    @classmethod
    def found(cls, circuit: Circuit, run: CircuitRun, samples: int) -> "CircuitAnswers":
        """Those of a simulation. Raises ValueError when there are not so many whole ones."""
        last, words = run.events[ANSWER][:, 1] & 1, run.events[ANSWER][:, 1] >> 1
        sign = 1 << (answer_bits(circuit) - 1)
        return cls.of_words(circuit, (words ^ sign) - sign, last, samples)

    @classmethod
    def of_words(cls, circuit: Circuit, words: Whole, last: Whole, samples: int) -> "CircuitAnswers":
        """Those of a stream of words with a sign, of which some are `last`. Raises ValueError like `found`."""
        size = circuit.network.by_name[circuit.network.output].size + 2
        if words.size != samples * size or np.any(np.flatnonzero(last) != np.arange(1, samples + 1) * size - 1):
            raise ValueError(f"expected {samples} answers of {size} words, got {words.size} words")
        rows = words.reshape(samples, size)
        return cls(rows[:, 0], rows[:, 1], rows[:, 2:])

    def differences(self, other: "CircuitAnswers") -> tuple[str, ...]:
        """One sentence for each part that is another one, with the first sample in which it is."""
        told = []
        for name in ("classes", "steps", "logits"):
            mine, wanted = getattr(self, name), getattr(other, name)
            wrong = np.flatnonzero((mine != wanted).reshape(len(mine), -1).any(axis=1))
            if wrong.size:
                told.append(f"the {name} differ first in sample {wrong[0]}: {mine[wrong[0]]}, not {wanted[wrong[0]]}")
        return tuple(told)
