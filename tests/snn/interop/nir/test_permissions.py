"""What NIR cannot say is told, and nothing that changes spikes is left out without permission."""

from dataclasses import replace

import pytest

from spikewright import InvalidNetwork
from spikewright.snn import Direct, Network
from spikewright.snn.interop.nir import PERMISSIONS, carried, to_nir
from tests.snn.every_record import NETWORKS
from tests.snn.interop.nir.test_exchange import plain

pytest.importorskip("nir")


@pytest.mark.parametrize(
    ("network", "what"),
    [
        (plain("subtract"), "reset"),
        (plain(initial=0.5), "initial"),
        (replace(plain(), schedule="layerwise"), "schedule"),
        (replace(plain(), code=Direct(12, 15)).to_fixed(), "fixed"),
        (replace(plain(), code=Direct(12, None, 6)), "code"),
        (NETWORKS["refractory"], "refractory"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_is_hardened_without_permission(network: Network, what: str) -> None:
    assert what in {row.what for row in carried(network) if row.changes}
    everything_else = tuple(p for p in PERMISSIONS if p != what)
    with pytest.raises(InvalidNetwork, match=rf"other spikes.*{what} of"):
        to_nir(network, allow=everything_else)
    to_nir(network, allow=PERMISSIONS)
