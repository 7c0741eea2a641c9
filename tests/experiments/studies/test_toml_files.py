"""TOML studies: the values are those of tomllib, and each knows its line."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.experiments.studies.located import FileLine, line_of
from spikewright.experiments.studies.toml_files import read_toml

PATH = Path("a.toml")
TEXT = '''# a study
name = "mine"  # = [not a table]
model.zoo = 'small-digits'

[dataset]
"train" = 100
test = 2.5
note = """
[fake]
name = "x" \\""" """

[[conversions]]
name = "rate"
steps = [
  4,  # one
  8,
]

[[conversions]]
fixed = {weight_bits = 8, "potential.bits" = 16}
[conversions.options]
when = 2026-01-02 03:04:05

[robustness]
attacks = [
  {kind = "fgsm", epsilons = [
    0.1]},
  {kind = "pgd"},
]
'''  # fmt: skip
LINES = {
    ("name",): 2, ("model",): 3, ("model", "zoo"): 3, ("dataset",): 5, ("dataset", "train"): 6, ("dataset", "test"): 7,
    ("dataset", "note"): 8, ("conversions", 0): 12, ("conversions", 0, "name"): 13, ("conversions", 0, "steps"): 14,
    ("conversions", 0, "steps", 1): 16, ("conversions", 1): 19, ("conversions", 1, "fixed", "potential.bits"): 20,
    ("conversions", 1, "options"): 21, ("conversions", 1, "options", "when"): 22, ("robustness", "attacks"): 25,
    ("robustness", "attacks", 0, "epsilons", 0): 27, ("robustness", "attacks", 1): 28, ("robustness", "attacks", 1, "kind"): 28,
}  # fmt: skip


@pytest.mark.parametrize("place", LINES, ids=lambda place: ".".join(map(str, place)))
def test_each_value_knows_its_line(place: tuple[str | int, ...]) -> None:
    found = read_toml(PATH, TEXT)
    assert found == tomllib.loads(TEXT) and line_of(found, place, FileLine(PATH)).number == LINES[place]


NAMES = st.text("abc.#=[]\"' é", min_size=1, max_size=4)
PLAIN = st.one_of(st.integers(-9, 9), st.booleans(), st.floats(-1, 1), st.text("ab#=[]{},.\"'\\é", max_size=5))
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


def written(value: Any) -> str:
    """A value as TOML in one line; its strings are those of JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {written(each)}" for name, each in value.items()) + "}"
    return (
        "[" + ", ".join(map(written, value)) + "]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)
    )


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_fields_one_to_a_line_are_found_there(drawn: dict[str, Any]) -> None:
    text = "".join(f"{json.dumps(name)} = {written(value)}\n" for name, value in drawn.items())
    found = read_toml(PATH, text)
    assert found == tomllib.loads(text) == drawn
    assert [found.lines[name].number for name in drawn] == list(range(1, len(drawn) + 1))


@given(st.text("ab=[]{},.\"'\\\n# 1", max_size=40))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(InvalidFile, match="expected TOML"):
            read_toml(PATH, text)
    else:
        assert read_toml(PATH, text) == expected


def test_what_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(InvalidFile, match=r"^a.toml:2: expected TOML, got: "):
        read_toml(PATH, "a = 1\nb = \n")
    with pytest.raises(InvalidFile, match=r"^a.toml:1: expected at most 20 levels"):
        read_toml(PATH, "a = " + "[" * 30 + "]" * 30)
    with pytest.raises(InvalidFile, match=r"too many levels|at most"):
        read_toml(PATH, "a = " + "[" * 100_000)
