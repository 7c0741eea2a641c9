"""A device that is too small says by how much, and the one that is advised is large enough."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.hardware import DEVICES, estimate, export, fully_parallel, time_multiplexed
from spikewright.hardware.fitting import check_fits
from spikewright.hardware.placement import PlacedMemory, Placement
from tests.hardware.small_networks import active, perceptron


@given(st.sampled_from(sorted(DEVICES)), st.integers(1, 5000))
def test_block_memories_are_counted(name: str, count: int) -> None:
    rows = PlacedMemory("synapse0.rows", "q", "weights", 1024, 18, "blocks", count)
    placement = Placement(DEVICES[name], (rows,))
    lack = placement.blocks - DEVICES[name].blocks
    if lack <= 0:
        return check_fits(placement)
    with pytest.raises(InvalidInput, match=f"within {name}, got .*{lack:,} too many") as error:
        check_fits(placement)
    told = str(error.value).split("try ")[1]
    assert ("where it fits" in told) != ("no known part" in told)
    if "where it fits" in told:
        check_fits(replace(placement, device=DEVICES[told.split(",")[0]]))


def test_logic_must_fit_by_the_low_end_of_its_band() -> None:
    network = perceptron((64, 32, 10))
    small = replace(DEVICES["xc7a35t"], name="small", lut=10, ff=10)
    one = estimate(network, active(network, {"in": 60, "h0": 20}), fully_parallel(network, device=small))
    with pytest.raises(InvalidInput, match=r"LUT of 10 \(.* too many\) and .* flip-flops of 10"):
        check_fits(Placement(small, ()), one)


def test_export_refuses_a_part_that_is_too_small_and_writes_nothing(tmp_path) -> None:
    network = perceptron((300, 64, 10), steps=2)
    tiny = replace(DEVICES["ecp5-25k"], name="tiny", blocks=3, also=())
    with pytest.raises(
        InvalidInput, match=r"expected a core within tiny, got .* memory blocks of 3 .*try .*, where it fits"
    ):
        export(network, time_multiplexed(network, device=tiny), tmp_path / "core")
    assert list(tmp_path.iterdir()) == []
