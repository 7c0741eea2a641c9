"""Verilog text as tokens."""

import pytest

from spikewright import InvalidFile
from spikewright.hardware.area.elaboration.tokens import END, Tokens


def test_comments_attributes_and_blanks_are_no_tokens() -> None:
    tokens = Tokens('a /* b\n */ = 4\'b01; // c\n(* ram_style = "x" *) reg @(*) q <<< 2', "t.v")
    wanted = ["a", "=", "4'b01", ";", "reg", "@", "(", "*", ")", "q", "<<<", "2", END, END]
    assert [tokens.take() for _ in wanted] == wanted


def test_brackets_are_skipped_with_all_in_them() -> None:
    tokens = Tokens("(a, {b[1:0], (c)}) d [x;y] e; f", "t.v")
    tokens.skip_pair()
    assert tokens.next == "d"
    tokens.skip_to(";")
    assert tokens.name() == "f" and not tokens.takes(";")


@pytest.mark.parametrize(
    ("text", "read", "said"),
    [
        ("`define A", lambda tokens: None, "expected Verilog as in hardware/rtl, got '`define A' in t.v"),
        ("4", Tokens.name, "expected a name behind '' in t.v, got '4'"),
        ("a (b", lambda tokens: tokens.skip_to(";"), r"expected more behind 'a \( b' in t.v, got 'its end'"),
        ("a", Tokens.skip_pair, "expected a bracket"),
        ("a b", lambda tokens: tokens.expect("b"), "expected 'b' behind '' in t.v, got 'a'"),
    ],
)
def test_what_is_refused(text: str, read, said: str) -> None:
    with pytest.raises(InvalidFile, match=said):
        read(Tokens(text, "t.v"))
