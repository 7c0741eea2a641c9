"""Values know their line, also after parts were put in."""

from pathlib import Path

from spikewright.experiments.studies.located import Fields, FileLine, Items, field_said, in_one_line, line_of

FILE = Path("s.yaml")
VALUES = Fields(
    {"a": Items([Fields({"steps": 0}, {"steps": FileLine(FILE, 4)})], [FileLine(FILE, 3)]), "b": {"c": 1}},
    {"a": FileLine(FILE, 2), "b": FileLine(FILE, 7)},
)


def test_lines_are_those_of_the_nearest_that_is_in_the_file() -> None:
    found = {
        place: line_of(VALUES, place, FileLine(FILE)).number for place in ((), ("a",), ("a", 0), ("a", 0, "steps"))
    }
    assert list(found.values()) == [None, 2, 3, 4]
    assert line_of(VALUES, ("a", 0, "other"), FileLine(FILE)).number == 3
    assert (
        line_of(VALUES, ("b", "c"), FileLine(FILE)).number == 7
        and line_of(VALUES, ("x",), FileLine(FILE, 1)).number == 1
    )


def test_the_field_that_a_sentence_is_about() -> None:
    assert field_said(VALUES, ("a", 0), "expected steps to be a whole number, got 0") == ("a", 0, "steps")
    assert field_said(VALUES, ("a", 0), "expected a recipe, got 'x'") == ("a", 0)
    assert field_said(VALUES, ("a", 5), "expected steps to be one") == ("a", 5)


def test_values_of_one_line() -> None:
    made = in_one_line({"a": [{"b": 1}]}, FileLine(FILE, 9))
    assert made == {"a": [{"b": 1}]} and str(line_of(made, ("a", 0, "b"), FileLine(FILE))) == "s.yaml:9"
