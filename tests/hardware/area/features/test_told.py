import pytest

from spikewright.hardware.area.features.told import Told, bits_of, chain, counter, table_memory
from tests.hardware.area.measured_modules import told


def test_numbers_are_attributes_and_files_are_not() -> None:
    one = Told(
        {"WORD": 17, "KIND": "if", "CHANNELS": 2, "BANKS_Y": 3, "BANKS_X": 1, "GROUPS": 2, "BLOCKS_Y": 1, "BLOCKS_X": 4}
    )
    assert (one.WORD, one.word("KIND"), one.lanes, one.banks, one.blocks) == (17, "if", 6, 3, 8)
    for name in ("KIND", "NOTHING"):
        with pytest.raises(AttributeError):
            getattr(one, name)


def test_products_go_to_multipliers_where_a_family_has_them() -> None:
    assert told("ecp5").multiplier(2, 2, 4) and not told("xc7").multiplier(4, 4, 8) and told("xc7").multiplier(5, 4, 9)
    assert not Told({}, family="ice40").multiplier(8, 8, 16)


def test_a_chain_has_two_bits_a_cell_and_short_sums_have_none() -> None:
    assert chain(9) == {"chain": 10.0, "short": 0.0} and chain(4) == {"chain": 0.0, "short": 4.0}
    assert counter("c", 3) == {"c": 3.0, "c short": 3.0, "c used": 1.0} and not any(counter("c", 3, False).values())
    assert [bits_of(most) for most in (-1, 0, 1, 4)] == [0, 0, 1, 3]


def test_a_memory_of_tables_is_its_bits_by_its_addresses() -> None:
    found = table_memory(10, 20)
    assert found["memory of 5"] == 10 and found["fours"] == 6 and found["sixes"] == 2 and not found["memory of more"]
