"""The forms that annotations allow: what they take, what they refuse, and how they are written."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.forms import Within, either, fits, forms_of, read

STEPS = Annotated[int, Within(1, 127)]


@pytest.mark.parametrize(
    ("annotation", "taken", "refused"),
    [
        (int, [0, -3, np.int16(4), 10**400], [True, 1.0, "1", None, np.float32(1)]),
        (float, [0, 0.5, np.float32(2), -1], [float("nan"), float("inf"), True, "1", 10**400, 1j]),
        (bool, [True, False], [1, 0, "yes"]),
        (str, ["", "a"], [1, None]),
        (STEPS, [1, 127, np.uint8(9)], [0, 128, 1.5, True]),
        (STEPS | None, [1, None], [0, "none"]),
        (Annotated[int | None, Within(1, 127)], [1, None], [0, 128]),
        (Annotated[float, Within(above=0, high=100)], [100, 1e-9], [0, 100.1, -1]),
        (Annotated[float, Within(0, below=1)], [0, 0.99], [1, -0.1]),
        (Literal["a", "b"], ["a"], ["c", 1, None, ["a"]]),
        (Literal[1, 2], [1], [True, 1.0, 3]),
        (tuple[STEPS, ...], [(), (1, 2), [3]], [(0,), 1, "12", (1, "2")]),
        (Mapping[str, STEPS], [{}, {"conv1": 2}], [{"conv1": 0}, {1: 2}, [("conv1", 2)]]),
        (Within | None, [Within(1), None], [Within, "Within"]),
        (Any, [1, None, object()], []),
        (Callable[[int], int], [abs], [3, "abs"]),
    ],
)
def test_a_form_takes_what_its_annotation_says(annotation: Any, taken: list[Any], refused: list[Any]) -> None:
    forms = forms_of(annotation)
    assert all(fits(forms, value) for value in taken)
    assert not any(fits(forms, value) for value in refused)


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (STEPS, "a whole number from 1 to 127"),
        (Annotated[int, Within(1, 1_000_000)] | None, "a whole number from 1 to 1,000,000 or none"),
        (Annotated[float, Within(above=0, high=100)], "a number above 0 and up to 100"),
        (Annotated[float, Within(0, below=1)], "a number of at least 0 and below 1"),
        (Annotated[float, Within(0)], "a number of at least 0"),
        (Annotated[float, Within(0.0, 0.5)], "a number from 0 to 0.5"),
        (Literal["if", "signed", "burst"], "'if', 'signed' or 'burst'"),
        (bool | None, "true or false or none"),
        (Mapping[str, STEPS], "NAME=VALUE, each a whole number from 1 to 127"),
        (tuple[float, ...], "a list, each a number"),
        (Within, "Within"),
    ],
)
def test_a_form_says_what_it_wants(annotation: Any, words: str) -> None:
    assert either(form.wanted for form in forms_of(annotation)) == words


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (int, "7", 7),
        (float, "1e-3", 0.001),
        (int | None, "none", None),
        (bool, "No", False),
        (Literal["light", "advanced"] | None, "light", "light"),
        (Literal[1, 2], "2", 2),
        (tuple[int, ...], "1,2", (1, 2)),
        (Mapping[str, int], "conv1=2,fc=3", {"conv1": 2, "fc": 3}),
        (str, "7", "7"),
        (int, "seven", "seven"),
        (Within, "7", "7"),
    ],
)
def test_text_is_read_in_the_form_that_it_writes(annotation: Any, text: str, value: Any) -> None:
    found = read(forms_of(annotation), text)
    assert found == value and type(found) is type(value)


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()))
def test_what_is_written_is_read_again(value: int | float | bool | None) -> None:
    forms = forms_of(int | float | bool | None)
    assert read(forms, "none" if value is None else str(value)) == value
