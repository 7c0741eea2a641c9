"""What no core here can run is refused by every verb, with the name of the part, and never built as something else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.hardware import (
    design,
    estimate,
    explore,
    export,
    fully_parallel,
    hybrid,
    load_core,
    replay,
    time_multiplexed,
    widths,
)
from spikewright.hardware.core.golden import synthetic_inputs
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.snn import Direct, Network, simulate
from spikewright.snn.core_parts import lacking
from tests.hardware.small_networks import perceptron
from tests.snn.every_record import NETWORKS, network

REFUSED = {
    "Direct": "direct input in every step in hardware, got a window of 3 steps",
    "Quiescence": "window of 2 steps",
    "SpikeSelect": "expected the code .* in hardware, got SpikeSelectCode; try Rate or Quantized",
}
"""What of `NETWORKS` no core has, and the words that say so; all others are built."""
BUILT = set(NETWORKS) - set(REFUSED)


def test_before_and_behind_a_conversion_the_same_is_refused() -> None:
    """The circuits refuse in the words of the report, since they ask the same record."""
    for name, some in NETWORKS.items():
        assert bool(lacking(some)) == (name in REFUSED), name


def by_hand(some: Network) -> DesignPoint:
    return DesignPoint(tuple(LayerDesign(p.name, 1) for p in some.order[1:]))


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_every_verb_refuses(name: str, tmp_path: Path) -> None:
    fixed = NETWORKS[name].to_fixed()
    activity = simulate(network().to_fixed(), np.ones((1, 2, 4, 4)), engine="reference")
    verbs = [
        lambda: widths(fixed),
        lambda: design(fixed, {"a": 2}),
        lambda: fully_parallel(fixed),
        lambda: time_multiplexed(fixed),
        lambda: hybrid(fixed, activity),
        lambda: export(fixed, by_hand(fixed), tmp_path / "core"),
        lambda: estimate(fixed, activity, by_hand(fixed)),
    ]
    for verb in verbs:
        with pytest.raises(InvalidInput, match=REFUSED[name]):
            verb()
    with pytest.raises(InvalidInput):
        explore([(fixed, activity)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(BUILT))
def test_the_others_are_built(name: str, tmp_path: Path) -> None:
    fixed = NETWORKS[name].to_fixed()
    activity = simulate(fixed, synthetic_inputs(fixed), engine="reference")
    point = fully_parallel(fixed)
    assert estimate(fixed, activity, point).lut.value > 0
    folder = export(fixed, point, tmp_path / "core")
    assert load_core(folder)[0].without_circuit is None and replay(folder).equal


def test_an_input_without_a_window_is_built() -> None:
    """The window alone is what stands in the way."""
    direct = replace(NETWORKS["Direct"], code=Direct(6, 15)).to_fixed()
    activity = simulate(direct, np.ones((1, 2, 4, 4)), engine="reference")
    assert Estimator(direct, activity).at(fully_parallel(direct)).lut.value > 0


def test_what_is_no_network_point_activity_or_pair_is_refused_by_name():
    network = perceptron((4, 3, 2))
    for call in (
        lambda: fully_parallel(None),
        lambda: time_multiplexed("net"),
        lambda: export((network, None), None, "core"),
    ):
        with pytest.raises(InvalidInput, match="expected a Network, got"):
            call()
    with pytest.raises(InvalidInput, match="expected a DesignPoint, got NoneType"):
        export(network, None, "core")
    with pytest.raises(InvalidInput, match="expected an Activity, got NoneType"):
        estimate(network, None, fully_parallel(network))
    with pytest.raises(InvalidInput, match=r"try \[\(network, activity\)\]"):
        explore(network)
    with pytest.raises(InvalidFile, match="expected the folder of a core, got NoneType"):
        load_core(None)
