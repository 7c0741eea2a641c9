"""Records as nodes: thresholds are the next float below, leaks are time constants, names are attributes everywhere."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import IF, LIF, Identity, Integrator, Network, Population, Projection, RateCode, Source
from spikewright.snn.interop.nir.exporting import build
from tests.snn.every_record import NETWORKS

nir = pytest.importorskip("nir")
pytestmark = pytest.mark.filterwarnings("ignore:nirtorch:DeprecationWarning")


def two(neuron: object, **more: int) -> Network:
    parts = (
        Population("in", (3,), Source()),
        Population("1.lif a", (3,), neuron),
        Population("out", (3,), Integrator()),
    )  # type: ignore[arg-type]
    ways = (Projection("in", "1.lif a", Identity()), Projection("1.lif a", "out", Identity(), **more))  # type: ignore[arg-type]
    return Network(parts, ways, "in", "out", RateCode(4))


def test_a_leak_is_a_time_constant_of_dt() -> None:
    node = build(two(LIF(0.75, 0.25, "zero")), 1e-3, {}).nodes["n1_lif_a"]
    assert np.allclose(node.tau, 4e-3) and np.allclose(node.r, 4.0) and not np.any(node.v_leak)
    assert np.all(node.v_threshold < 0.75) and np.all(np.nextafter(node.v_threshold, np.float32(1)) == np.float32(0.75))


def test_a_delay_is_a_node_in_seconds() -> None:
    graph = build(two(IF(1.0, "zero"), delay=3), 1e-3, {})
    (delay,) = [node for node in graph.nodes.values() if isinstance(node, nir.Delay)]
    assert np.allclose(delay.delay, 3e-3) and type(graph.nodes["n1_lif_a"]) is nir.IF


def test_what_has_no_node_is_named() -> None:
    for name, what in (("Burst", "population 'a': NIR 1.0 has no Burst"), ("Upsample", "NIR 1.0 has no Upsample")):
        with pytest.raises(InvalidNetwork, match=what):
            build(NETWORKS[name], 1e-3, {})
