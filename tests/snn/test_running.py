"""A network knows how it must be run: its steps where they are part of it, and a phase before the run."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import Direct, Integrator, Linear, Network, Population, Projection, Source, dense, simulate
from spikewright.snn.interop.nir import to_nir
from spikewright.snn.running import Run, TwoPhase
from spikewright.snn.simulation import with_steps
from spikewright.snn.twin.network import Twin
from tests.snn.every_record import NETWORKS, TWO_PHASES
from tests.snn.test_fixed_records import images_for

SETTLED = replace(NETWORKS["Direct"], run=Run("its counts are those after them"))


@pytest.mark.parametrize("engine", ["event", "reference"])
def test_fixed_steps_are_obeyed(engine: str) -> None:
    images = images_for(SETTLED)
    assert np.array_equal(
        simulate(SETTLED, images, engine=engine, steps=SETTLED.steps).logits, simulate(SETTLED, images).logits
    )
    with pytest.raises(InvalidInput, match="its counts are those after them"):
        simulate(SETTLED, images, engine=engine, steps=SETTLED.steps + 1)
    with pytest.raises(InvalidInput, match="for which this network was made"):
        with_steps(SETTLED, 1)


@pytest.mark.parametrize("engine", ["event", "reference"])
def test_two_phases_are_refused_where_they_cannot_be_run(engine: str) -> None:
    for run in (
        lambda: simulate(TWO_PHASES, images_for(TWO_PHASES), engine=engine),
        lambda: Twin(TWO_PHASES),
        lambda: TWO_PHASES.to_fixed(),
        lambda: to_nir(TWO_PHASES),
    ):
        with pytest.raises(InvalidNetwork, match=r"two_phase|one phase"):
            run()


def test_a_demand_is_checked_and_shown() -> None:
    assert "pre_steps=2" in repr(TWO_PHASES.run) and "cos" in repr(TWO_PHASES.run)
    with pytest.raises(InvalidInput, match="'srp' or 'cos'"):
        TwoPhase("both", 2)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="expected steps"):
        TwoPhase("srp", 0)


@pytest.mark.parametrize("steps", [4, 9, 64])
def test_the_scale_of_a_window_follows_the_charge(steps: int) -> None:
    """Image and bias flow in the first four steps of sixteen, of nine or of 64: the answer is the same number."""
    weights = Linear(dense(np.array([[3]], np.int8)))
    parts = (Population("in", (1,), Source()), Population("out", (1,), Integrator(), 2, potential_bits=24))
    network = Network(parts, (Projection("in", "out", weights),), "in", "out", Direct(16, 15, 4), numbers="fixed")
    moved, image = with_steps(network, steps), np.ones((1, 1), np.float32)
    answers = [float(simulate(n, image).logits[0, 0] * n.logit_scale) for n in (network, moved)]
    assert answers[0] == answers[1] == 4 * (3 * 15 + 2)
    with pytest.raises(InvalidInput, match="a window from 1 to 3"):
        with_steps(network, 3)


def test_other_steps_stand_in_the_report() -> None:
    moved = with_steps(NETWORKS["Rate"], 50)
    assert moved.report.rows[-1].detail.startswith("50 steps")
    assert with_steps(moved, 50) is moved
