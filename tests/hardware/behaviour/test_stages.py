"""Words that come out of what stands between a queue and its front."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.behaviour.cycle_law import pipeline
from spikewright.hardware.behaviour.sent_words import TOKEN, words_of_all
from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.behaviour.stages import stage_records, staged
from spikewright.hardware.circuit.gates import EACH, EVERY_STEP
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.core.golden import run_golden
from tests.hardware.behaviour.test_simulating import images_for
from tests.hardware.cosim.drawn import drawn_lanes
from tests.hardware.cosim.drawn_kinds import gated
from tests.hardware.cosim.drawn_routes import delayed, ordered, recurrent


@pytest.mark.parametrize("seed", range(8))
def test_as_many_tokens_come_out_as_went_in_and_events_or_all_neurons(seed: int) -> None:
    network = gated(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), Path())
    rasters, _ = run_golden(network, images_for(circuit, seed, 2))
    streams = words_of_all(circuit, rasters)
    for projection in network.projections:
        words, counts = streams[projection.source].words, circuit.counted(projection)
        chain = staged(circuit, projection, words)
        assert len(chain.stages) == bool(counts)
        assert np.count_nonzero(chain.words == TOKEN) == np.count_nonzero(words == TOKEN)
        if counts and counts.replay != EACH:
            rounds = 2 * (network.steps if counts.replay == EVERY_STEP else 1)
            assert len(chain.words) == rounds * chain.stages[0].neurons + 2 * network.steps
        else:
            np.testing.assert_array_equal(chain.words, words)
        assert stage_records(chain.stages)["walks"].all()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("draw", [delayed, ordered, recurrent])
def test_delays_and_orders_keep_the_steps(draw: Callable[[int], snn.Network], seed: int) -> None:
    network = draw(seed)
    circuit = Circuit(network, drawn_lanes(network, seed), Path())
    rasters, _ = run_golden(network, images_for(circuit, seed, 2))
    streams, steps = words_of_all(circuit, rasters), network.steps
    for projection in network.projections:
        words = streams[projection.source].words
        chain = staged(circuit, projection, words)
        assert np.count_nonzero(chain.words == TOKEN) == np.count_nonzero(words == TOKEN)
        if projection.delay:
            late = min(projection.delay, steps)
            assert (chain.stages[0].words[:late] == TOKEN).all() and len(chain.stages[0].words) <= len(words) + 2 * late


def test_what_stands_between_is_simulated_between_both_bounds_of_the_law() -> None:
    for draw in (delayed, ordered, recurrent):
        for seed in range(5):
            network = draw(seed)
            circuit = Circuit(network, drawn_lanes(network, seed), Path())
            rasters, _ = run_golden(network, images_for(circuit, seed, 1))
            law, found = pipeline(circuit, rasters), behave(circuit, rasters)
            assert law.soonest <= found.latency[0] <= law.latest
            for population, layer in zip(circuit.inner, found.layers, strict=True):
                assert layer.passes == pytest.approx(law.works[population.name].passes.sum())
