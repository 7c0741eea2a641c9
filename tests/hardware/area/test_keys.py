from spikewright.hardware.area.keys import holds_constants, is_file, key_of, lies_in_tables, table_key
from tests.hardware.area.measured_modules import FAMILIES, same_key, stored, stored_keys


def test_a_key_leaves_out_what_cannot_matter() -> None:
    given = {"WIDTH": 40, "BITS": 3, "ROWS": 6, "STYLE": 1}
    assert key_of("sw_bank", given) == "sw_bank BITS=3 ROWS=6 STYLE=1 WIDTH=40"
    assert table_key(key_of("sw_bank", given)) != table_key(key_of("sw_bank", given | {"ROWS": 8}))
    assert key_of("sw_bank", given | {"COLUMN": 9}).startswith("sw_bank BITS=3 COLUMN=9 ")
    assert table_key("sw_mac_lane SHIFTS=3 WORD=9") == table_key("sw_mac_lane SHIFTS=4 WORD=9")
    assert table_key("sw_lane KIND=signed TAP=3", "ecp5") != table_key("sw_lane KIND=signed TAP=4", "ecp5")
    assert table_key("sw_lane KIND=signed TAP=3 WORD=9") == "sw_lane KIND=plain WORD=9"
    assert key_of("sw_front", {"C_FILE": "a.mem", "MEMORY": 4, "S_BITS": 2}) == "sw_front S_BITS=2"
    assert key_of("sw_lane_ramp", {"SHIFT": -1}) == "sw_lane_ramp SHIFT=4294967295"
    assert is_file("TABLE_FILE") and is_file("FILE") and not is_file("PROFILE")


def test_what_depends_on_contents() -> None:
    rom = {"DEPTH": 64, "WIDTH": 900, "LOADED": 0}
    assert holds_constants("sw_rom", rom) and not holds_constants("sw_rom", rom | {"LOADED": 1})
    assert not holds_constants("sw_rom", rom | {"DEPTH": 65}) and not holds_constants("sw_bank", {})
    assert holds_constants("sw_codebook", {"MEMORY": 0}) and not holds_constants("sw_codebook", {"MEMORY": 2})
    assert lies_in_tables(65, 16) and not lies_in_tables(65, 17)


def test_keys_of_the_stored_tables_are_keys() -> None:
    for family in FAMILIES:
        keys = [key for key in stored_keys(family) if " of " not in key]
        assert all(same_key(key) and table_key(key, family) in stored(family).table for key in keys) and len(keys) > 500
