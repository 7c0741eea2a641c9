from spikewright.hardware.area.laws import ModuleLaw, features_of
from spikewright.hardware.placement import USUAL

LAW = ModuleLaw(
    {"1": 3.0, "word": 2.0}, {"registers": 1.0}, {}, {"1": 1.0, "word": 9.0, "registers": 40.0}, 0.02, 0.0, 12
)


def test_cells_are_a_sum_over_features() -> None:
    assert LAW.cells("lut", {"1": 1.0, "word": 5.0, "registers": 9.0}) == 13 and LAW.cells("dsp", {"1": 1.0}) == 0


def test_what_lies_beyond_is_said() -> None:
    assert LAW.beyond({"word": 9.0}) == () and LAW.beyond({"word": 10.0}) == ("word 10, calibrated up to 9",)
    assert LAW.beyond({"other": 1.0}) == ("other 1, calibrated up to 0",)


def test_modules_find_their_features() -> None:
    delay = features_of("sw_delay", {"WIDTH": 4, "CYCLES": 2}, lambda _: [], "xc7", USUAL)
    assert delay == {"registers": 8.0}
    rom = {"WIDTH": 2, "DEPTH": 4, "BITS": 2, "FILE": "a.mem", "LOADED": 0}
    assert (
        features_of("sw_rom", rom, lambda name: [0, 1, 2, 3] if name == "a.mem" else [], "xc7", USUAL)["columns"] == 2
    )
