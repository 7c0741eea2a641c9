"""Queues as shallow as may be, by the simulator."""

from dataclasses import replace

import pytest

from spikewright import InvalidInput
from spikewright.hardware.behaviour.queue_depths import UNBOUNDED, smallest_queues
from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.core.golden import run_golden
from tests.hardware.behaviour.test_simulating import drawn_circuit, images_for


@pytest.mark.parametrize("loss", [0.0, 0.05])
@pytest.mark.parametrize("seed", range(5))
def test_none_can_be_halved_and_all_together_keep_within_the_loss(seed: int, loss: float) -> None:
    circuit = drawn_circuit(seed)
    rasters, _ = run_golden(circuit.network, images_for(circuit, seed, 4))
    chosen = smallest_queues(circuit, rasters, loss)

    def end(depths: dict[str, int]) -> int:
        return int(behave(replace(circuit, queues=depths), rasters).over[-1]) + 1

    assert end(dict(chosen.depths)) == chosen.cycles <= chosen.unbounded * (1 + loss) and chosen.loss <= loss
    assert end(dict.fromkeys(chosen.depths, UNBOUNDED)) == chosen.unbounded
    for name, depth in chosen.depths.items():
        assert depth >= 2 and depth & (depth - 1) == 0
        assert depth == 2 or end({**chosen.depths, name: depth // 2}) > chosen.unbounded * (1 + loss)


def test_a_loss_below_zero_is_refused() -> None:
    circuit = drawn_circuit(0)
    rasters, _ = run_golden(circuit.network, images_for(circuit, 0))
    with pytest.raises(InvalidInput, match="expected a loss of 0 or more"):
        smallest_queues(circuit, rasters, -0.1)
