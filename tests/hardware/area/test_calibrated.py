from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.hardware.area.calibrated import Sizes, sizes
from spikewright.hardware.area.contents import Words
from spikewright.hardware.area.elaboration.variants import ModuleUse, ModuleVariant, circuit_uses
from spikewright.hardware.area.keys import table_key
from tests.hardware.area.measured_modules import FAMILIES, parameters_of, stored, stored_keys
from tests.validate.drawers import DRAWERS


def no_words(file: str) -> list[int]:
    raise KeyError(file)


def variant(key: str) -> ModuleVariant:
    return ModuleVariant(key.split(" ")[0], tuple(parameters_of(key).items()))


@pytest.mark.parametrize("family", FAMILIES)
def test_modules_of_the_table_have_the_sizes_of_the_table(family: str) -> None:
    calibrated = stored(family)
    for key in [key for key in stored_keys(family) if " of " not in key][::40]:
        size = calibrated.of(variant(key), no_words)
        alone = calibrated.table[table_key(key, family)][0]
        assert size.lut == alone * calibrated.inside.get(key.split(" ")[0], 1.0) and size.seen and not size.outside


@pytest.mark.parametrize("family", FAMILIES)
def test_an_area_is_the_sum_of_its_modules(family: str) -> None:
    calibrated = stored(family)
    delay = ModuleUse(ModuleVariant("sw_delay", (("CYCLES", 3), ("WIDTH", 5))), 4)
    core = ModuleUse(ModuleVariant("sw_core", (("FORKED", 7), ("JOINED", 40))), 1)
    found = calibrated.total([delay, core], no_words)
    assert found.ff.value == 60 and found.lut.value == 47 and found.blocks == 0 and found.outside == ()
    twice = calibrated.total([replace(delay, count=8), core], no_words)
    assert twice.ff.value == 120


@pytest.mark.parametrize("family", FAMILIES)
def test_more_lanes_and_wider_words_never_take_less(family: str) -> None:
    laws = replace(stored(family), table={}, _found={})
    found = [
        laws.of(ModuleVariant("sw_bank", (("BITS", 3), ("ROWS", 8), ("STYLE", 1), ("WIDTH", width))), no_words)
        for width in (20, 40, 80, 160)
    ]
    assert all(few.lut < many.lut and few.ff < many.ff for few, many in pairwise(found))


def test_what_lies_outside_is_said_and_has_a_wider_band() -> None:
    laws = replace(stored("xc7"), table={}, _found={})
    inside, outside = (
        laws.total(
            [
                ModuleUse(
                    ModuleVariant(
                        "sw_lane_if", (("POTENTIAL", bits), ("RESET_ZERO", 0), ("THRESHOLD", bits), ("WORD", bits + 1))
                    ),
                    1,
                )
            ],
            no_words,
        )
        for bits in (12, 60)
    )
    assert not inside.outside and outside.outside and outside.outside[1].startswith("sw_lane_if: ")
    assert outside.beyond == 1 and outside.outside[0].startswith("100% of the look-up tables")
    share = [(area.lut.high - area.lut.value) / area.lut.value for area in (inside, outside)]
    assert share[1] > 2 * share[0] > 0


def test_a_module_that_nobody_synthesised_is_said() -> None:
    nothing = replace(stored("xc7"), laws={}, table={}, _found={})
    assert nothing.of(ModuleVariant("sw_gate", (("BITS", 1), ("TOKENS", 1))), no_words).outside


def test_another_family_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"expected a calibrated family \(xc7, ecp5\), got 'xc8'; try 'xc7'"):
        sizes("xc8")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_drawn_core_has_an_area(family: str, tmp_path: Path) -> None:
    circuit = DRAWERS[0].circuit(4, 1, tmp_path / "core")
    calibrated: Sizes = stored(family)
    found = calibrated.total(circuit_uses((circuit.folder / "core.v").read_text()), words_in(circuit.folder))
    assert 0 < found.lut.low < found.lut.value < found.lut.high < 1.5 * found.lut.value and found.ff.value > 100


def words_in(folder: Path) -> Words:
    return lambda file: [int(word, 16) for word in (folder / file).read_text().split()]
