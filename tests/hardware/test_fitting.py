"""A device that is too small says by how much, and the one that is advised is large enough."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.hardware import DEVICES, estimate, export, fitting, fully_parallel, time_multiplexed
from spikewright.hardware.fitting import Logic, check_fits, roomy_device
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


def test_fewer_lanes_are_advised_where_they_fit(tmp_path) -> None:
    network = perceptron((64, 32, 10), steps=2)
    small = replace(DEVICES["xc7a35t"], name="small", lut=2500)
    with pytest.raises(InvalidInput, match=r"LUT of 2,500 .*hardware\.time_multiplexed, it fits small"):
        export(network, fully_parallel(network, device=small), tmp_path / "core")
    export(network, time_multiplexed(network, device=small), tmp_path / "core")
    tiny = replace(small, name="tiny", lut=20)
    with pytest.raises(InvalidInput, match="or fewer lanes, fewer weight bits or pruned weights"):
        export(network, time_multiplexed(network, device=tiny), tmp_path / "other")


def test_logic_is_that_of_the_estimate() -> None:
    network = perceptron((64, 32, 10))
    activity = active(network, {"in": 60, "h0": 20})
    one = estimate(network, activity, fully_parallel(network))
    assert Logic.of(network, one.point) == Logic(one.lut, one.ff)
    loaded = estimate(network, activity, replace(one.point, loads=True))
    assert Logic.of(network, loaded.point) == Logic(loaded.lut, loaded.ff) != Logic(one.lut, one.ff)


@pytest.mark.parametrize("name", ["ice40-hx8k", "ecp5-25k"])
def test_the_roomy_device_holds_the_design_and_none_of_its_family_is_smaller(name: str) -> None:
    network = perceptron((300, 64, 10))
    activity = active(network, {"in": 60, "h0": 20})
    found = roomy_device(network, activity, time_multiplexed(network, device=name))
    assert found is not None and estimate(network, activity, time_multiplexed(network, device=found)).fits
    kin = [one for one in DEVICES.values() if one.family == DEVICES[name].family and one.lut < found.lut]
    assert not any(estimate(network, activity, time_multiplexed(network, device=one)).fits for one in kin)


def test_no_known_device_is_roomy_enough_for_what_is_huge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "DEVICES", {name: DEVICES[name] for name in ("ice40-hx8k", "ecp5-25k")})
    network = perceptron((800, 400, 10), steps=1)
    assert roomy_device(network, active(network, {"in": 1}), time_multiplexed(network)) is None
