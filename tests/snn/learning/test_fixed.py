"""A winner-take-all network in integers does what the real one does, where nothing is rounded."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn.learning import respond, start_stdp
from spikewright.snn.learning.fixed import FixedWinners, fixed_winners, run_winners
from spikewright.snn.learning.records import AdaptiveLIF, Learned, Presentation, WinnerTakeAll
from spikewright.snn.learning.reference import input_spikes


def learned(tau_ms: float, seed: int = 0) -> Learned:
    """Twelve inputs, five neurons; all but the leak are multiples of 1/256."""
    random = np.random.default_rng(seed)
    cell = AdaptiveLIF(tau_ms=tau_ms, refractory_ms=2.0, threshold=1.5)
    shown = Presentation(shown_ms=60.0, rate_hz=300.0, most_attempts=1)
    network = WinnerTakeAll(12, 5, 2.25, cell, replace(WinnerTakeAll().rule, weight_sum=6.0), shown)
    weights = random.integers(0, 256, (12, 5)).astype(np.float32) / 256
    weights[0, 0] = np.float32(255 / 256)
    return Learned(network, weights, (random.integers(0, 200, 5) / 256).astype(np.float32), seed)


def counts(state: Learned, images: np.ndarray) -> np.ndarray:
    fixed = fixed_winners(state)
    given = [input_spikes(state, image, 0, (3, number)) for number, image in enumerate(images)]
    return np.array([run_winners(fixed, spikes)[0].sum(axis=0) for spikes in given])


@pytest.mark.parametrize("seed", range(3))
def test_without_a_leak_it_is_the_real_network(seed: int) -> None:
    state, images = learned(1e30, seed), np.random.default_rng(seed).random((4, 12)).astype(np.float32)
    wanted = respond(state, images, engine="reference").counts
    assert wanted.sum() > 20 and np.array_equal(counts(state, images), wanted)


def test_with_a_leak_few_spikes_are_others() -> None:
    state, images = learned(100.0), np.random.default_rng(0).random((8, 12)).astype(np.float32)
    wanted = respond(state, images, engine="reference").counts
    assert np.abs(counts(state, images) - wanted).sum() <= 0.05 * wanted.sum()


def test_the_law_by_hand() -> None:
    """Two neurons cross together, the lower one wins and is deaf for a step, the other is held back by three."""
    network = FixedWinners(np.array([[4, 4]]), np.array([3, 3]), 3, 1, 1, 1, 4, 8)
    fired, V = run_winners(network, np.ones((4, 1)))
    assert fired.tolist() == [[1, 0], [0, 1], [0, 0], [1, 0]]
    assert V.tolist() == [[0, 4], [0, 0], [1, 0], [0, 4]]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"weights": np.ones((2, 3))}, r"a threshold for each neuron, got \(2, 3\) and \(2,\)"),
        ({"thresholds": np.array([0, 1])}, "thresholds >= 1"),
        ({"deaf": -1}, "got 3, -1 and 4"),
        ({"leak": 2}, r"expected a leak in \[0, 1\), got 2 / 2\*\*1"),
        ({"potential_bits": 1}, "expected potentials of 2 to 62 bits, got 1"),
    ],
)
def test_what_is_no_such_network_is_refused(changes: dict[str, object], told: str) -> None:
    network = FixedWinners(np.array([[4, 4]]), np.array([3, 3]), 3, 1, 1, 1, 4, 8)
    with pytest.raises(InvalidInput, match=told):
        replace(network, **changes)  # type: ignore[arg-type]


def test_other_inputs_and_bits_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"expected spikes \(60, 12\), got \(3, 2\)"):
        run_winners(fixed_winners(learned(100.0)), np.ones((3, 2)))
    with pytest.raises(InvalidInput, match="1 to 16 bits of weights and a shift of 1 to 20, got 0 and 10"):
        fixed_winners(start_stdp(learned(100.0).network), weight_bits=0)
