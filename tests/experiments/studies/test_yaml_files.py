"""YAML as PyYAML reads it, with lines; and nothing that says a thing twice, never ends or becomes huge."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.experiments.studies.located import FileLine
from spikewright.experiments.studies.yaml_files import read_yaml

FILE = Path("s.yaml")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
NAMES = st.text("abcxyz_", min_size=1, max_size=5)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(NAMES, v, max_size=3), max_leaves=8)


@given(VALUES)
def test_it_reads_what_pyyaml_writes(values: object) -> None:
    assert read_yaml(FILE, yaml.safe_dump(values)) == values


def test_repeats_and_merged_fields() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\n"
    values = read_yaml(FILE, text)
    assert values == yaml.safe_load(text) and values["b"].lines["y"] == FileLine(FILE, 2)
    assert values["b"].lines["x"] == FileLine(FILE, 1)


WRONG = {
    "a: 1\nb: 2\na: 3": "3: expected a once, got it in line 1 too",
    "a: {b: 1,\n  b: 2}": "2: expected b once",
    "a: !!set {x}": "1: expected plain lists and fields",
    "a: !!python/object:os.system x": "1: expected YAML, got: could not determine a constructor",
    "? [1]\n: 2": "1: expected the name of a field",
    "a: 2020-99-99": "1: expected a value",
    "a: " + "9" * 5000: "1: expected a value",
    "a: &a [*a]": "1: expected at most 20 levels",
    "[" * 10_000: "1: expected at most 20 levels",
    "<<: 3": "1: expected fields behind <<",
    "a: [1\nb": "expected YAML",
    "- &a [x, x, x, x, x, x, x, x]\n" + "".join(
        f"- &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ): "expected at most 50,000 values",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:20])
def test_bad_yaml_is_one_sentence_with_its_line(text: str) -> None:
    with pytest.raises(InvalidFile) as raised:
        read_yaml(FILE, text)
    assert WRONG[text] in str(raised.value) and str(raised.value).startswith("s.yaml:")
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 400
