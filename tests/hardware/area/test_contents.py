from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.area.contents import TableColumns, codebook, rom, support
from spikewright.hardware.placement import USUAL


def test_equal_constant_and_simple_bits_cost_less() -> None:
    # bits of the words 0b1000, 0b1101, 0b1010, 0b1111: address bit 0, address bit 1, address bit 0, one
    found = TableColumns.of([0b1000, 0b1101, 0b1010, 0b1111], 4, 2).features()
    assert found["columns"] == 2 and found["leaves 4"] == found["inverters"] == 0


def test_words_that_nobody_told_make_no_difference() -> None:
    assert TableColumns.of([0, 1, 1], 1, 2).functions == TableColumns.of([0, 1, 1, 1], 1, 2).functions
    assert TableColumns.of([5], 4, 1).functions == ()


@given(st.lists(st.integers(0, 255), min_size=1, max_size=64))
def test_no_more_functions_than_bits_and_each_depends_on_something(words: list[int]) -> None:
    columns = TableColumns.of(words, 8, 6)
    assert len(columns.functions) <= 8 and all(support(one, 6) for one in columns.functions)
    found = columns.features()
    assert found["leaves 6"] <= 8 and found["leaves 4"] >= found["leaves 6"] - found["choices 6"]


def test_roms_by_where_they_lie() -> None:
    given = {"WIDTH": 40, "DEPTH": 2000, "BITS": 11, "FILE": "w.mem", "LOADED": 0}
    assert rom(given, lambda _: [], USUAL.shapes)["chosen"] == 0  # 2048 x 9 four times, and one of 4 x 4096
    deep = rom(given | {"DEPTH": 5000}, lambda _: [], USUAL.shapes)
    assert deep["chosen"] > 0 and deep["registers units"] == deep["units"] > 0
    loaded = rom({"WIDTH": 5, "DEPTH": 8, "BITS": 3, "FILE": "", "LOADED": 1}, lambda _: [], USUAL.shapes)
    assert loaded["registers loaded"] == 5 and "columns" not in loaded


def test_each_lane_has_a_codebook() -> None:
    given = {"COUNT": 6, "CODE": 2, "WEIGHT": 3, "ENTRIES": 4, "FILE": "t.mem", "MEMORY": 0}
    assert codebook(given, lambda _: [0, 3, 5, 6])["each columns"] == 18
    loaded = codebook(given | {"MEMORY": 1}, lambda _: [])
    assert (loaded["registers"], loaded["written"], loaded["chosen"], loaded["fours"]) == (12, 4, 6 * 3 * 3, 0)
    tables = codebook(given | {"MEMORY": 1, "COUNT": 3}, lambda _: [])
    assert (tables["registers"], tables["chosen"], tables["fours"], tables["sixes"]) == (0, 0, 3, 3)


@given(st.lists(st.integers(0, (1 << 70) - 1), min_size=1, max_size=130), st.integers(1, 70))
def test_functions_are_the_bits_of_all_words(words: list[int], width: int) -> None:
    bits = max(1, (len(words) - 1).bit_length())
    full = [*words, *words[: (1 << bits) - len(words)], *[0] * (1 << bits)][: 1 << bits]
    wanted = {sum((word >> bit & 1) << at for at, word in enumerate(full)) for bit in range(width)}
    found = TableColumns.of(full, width, bits).functions
    assert found == tuple(sorted(wanted - {0, (1 << (1 << bits)) - 1}))


def test_features_of_equal_tables_are_equal_and_nobodys_own() -> None:
    first = TableColumns.of([1, 2, 3, 1], 2, 2).features()
    first["columns"] = -1.0
    assert TableColumns.of([1, 2, 3, 1], 2, 2).features()["columns"] == 2
