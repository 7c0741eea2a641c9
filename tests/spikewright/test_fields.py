"""The options of a record: names, ranges, defaults and sentences, each said once in the record's class."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from typing import Annotated, Any, Literal

import pytest

from spikewright import InvalidInput
from spikewright.fields import Within, changed, check_fields, options, record_of, summary


@dataclass(frozen=True)
class Base:
    """What all have.

    seed: of all that is drawn.
    """

    seed: Annotated[int, Within(0)] = 0


@dataclass(frozen=True)
class Example(Base):
    """An example of a record.

    It has steps: this line says nothing about them.

    steps: how many,
        one after the other.
    norm: the distance.
    """

    steps: Annotated[int, Within(1, 100)] = 40
    norm: Literal["linf", "l2"] = "linf"
    rate: float | None = None
    limits: dict[str, int] = field(default_factory=dict)
    made: int = field(default=3, init=False)


@dataclass(frozen=True)
class Demanding:
    steps: int


def test_every_field_of_the_constructor_is_an_option() -> None:
    found = {option.name: option for option in options(Example)}
    assert list(found) == ["seed", "steps", "norm", "rate", "limits"]
    assert [found[name].default for name in found] == [0, 40, "linf", None, {}]
    assert found["steps"].sentence == "how many, one after the other."
    assert found["seed"].sentence == "of all that is drawn." and found["rate"].sentence == ""
    assert found["norm"].choices == ("linf", "l2") and found["steps"].choices == ()
    assert options(Demanding)[0].default is MISSING


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("steps", 0, "expected steps to be a whole number from 1 to 100, got 0; try steps=40"),
        ("norm", "l1", "expected norm to be 'linf' or 'l2', got 'l1'; try norm='linf'"),
        ("rate", "x" * 99, "expected rate to be a number or none, got 'xxxxx"),
    ],
)
def test_a_wrong_value_is_told_with_the_range_and_a_way_out(name: str, value: Any, told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_fields(Example(**{name: value}))
    assert str(error.value).startswith(told) and len(str(error.value)) < 150


def test_lists_become_tuples_and_text_is_read() -> None:
    @dataclass(frozen=True)
    class Listed:
        sizes: tuple[int, ...] = ()

    (sizes,) = options(Listed)
    assert sizes.taken([1, 2]) == (1, 2) and sizes.read("1,2") == (1, 2)
    assert sizes.taken(sizes.read("")) == ()


def test_nested_records_are_mappings_and_functions_are_places() -> None:
    @dataclass(frozen=True)
    class Outer:
        inner: Example | None = None
        along: Callable[[str], str] | None = None

    assert record_of(Outer, {"inner": {"steps": 3}, "along": "posixpath:normpath"}, "this").inner == Example(steps=3)
    assert record_of(Outer, {"along": "posixpath:normpath"}, "this").along("a//b") == "a/b"
    assert record_of(Outer(Example()), {"inner": None}, "this") == Outer()
    with pytest.raises(InvalidInput, match="this: inner: expected steps to be a whole number from 1 to 100, got 0"):
        record_of(Outer, {"inner": {"steps": 0}}, "this")
    with pytest.raises(InvalidInput, match="expected along to be a function or none, got 'x'"):
        record_of(Outer, {"along": "x"}, "this")


def test_what_differs_from_the_defaults_is_listed() -> None:
    assert changed(Example()) == {} and changed(Demanding(3)) == {"steps": 3}
    assert changed(Example(steps=3, norm="linf")) == {"steps": 3}


def test_a_summary_is_the_first_line() -> None:
    assert summary(Example) == "An example of a record."


def test_annotations_that_cannot_be_read_are_told() -> None:
    @dataclass(frozen=True)
    class Wrong:
        value: "Missing"  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(InvalidInput, match="annotations of Wrong"):
        options(Wrong)
