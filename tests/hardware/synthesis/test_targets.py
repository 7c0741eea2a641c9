"""Families of devices: one for each name, and a word about another."""

import pytest

from spikewright import InvalidInput
from spikewright.hardware.devices import DEVICES
from spikewright.hardware.synthesis.targets import TARGETS, target_of


def test_every_device_has_its_family() -> None:
    assert {one.family for one in DEVICES.values()} <= set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_no_cell_counts_twice(name: str) -> None:
    target = target_of(name)
    assert target.name == name
    assert not {*target.luts} & {*target.memory_luts}
    assert not {*target.blocks} & {*target.luts, *target.memory_luts, *target.dsps}


def test_another_name_gets_the_nearest() -> None:
    with pytest.raises(InvalidInput, match=r"expected a family out of .*, got 'ecp'; try 'ecp5'"):
        target_of("ecp")
