"""Words in hex."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.circuit.words import address_bits, hex_word, write_words

FIELD = st.integers(1, 40).flatmap(
    lambda bits: st.tuples(st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1), st.just(bits))
)


@given(st.lists(FIELD, min_size=1))
def test_fields_come_back(fields: list[tuple[int, int]]) -> None:
    word = int(hex_word(fields), 16)
    for value, bits in fields:
        found = word & ((1 << bits) - 1)
        assert found - ((found >> (bits - 1)) << bits) == value
        word >>= bits
    assert word == 0


def test_fields_of_no_bits_say_nothing_and_a_word_of_none_is_zero() -> None:
    assert hex_word([(5, 0), (3, 4), (7, 0)]) == "3" and hex_word([]) == hex_word([(1, 0)]) == "0"
    assert hex_word([(-1, 5), (0, 4)]) == "01f"


def test_addresses() -> None:
    assert [address_bits(count) for count in (1, 2, 3, 256, 257)] == [1, 1, 2, 8, 9]


def test_the_last_line_ends_like_the_others(tmp_path: Path) -> None:
    write_words(tmp_path / "a.mem", ["1", "2"])
    assert (tmp_path / "a.mem").read_text() == "1\n2\n"
