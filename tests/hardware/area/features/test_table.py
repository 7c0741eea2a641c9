from spikewright.hardware.area.features.table import FEATURES
from spikewright.hardware.cosim.icarus import modules


def test_each_module_of_the_circuit_has_features_or_needs_contents() -> None:
    assert {path.stem for path in modules()} == {*FEATURES, "sw_rom", "sw_codebook"} - {"sw_core"}
