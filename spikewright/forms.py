"""The forms that a value may have, read from an annotation: int, float, bool, str, choices, lists, mappings, records.

Each form says what it wants in words, whether a value has it, and which value a text of the command line writes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

WORDS = {"true": True, "yes": True, "false": False, "no": False}
"""How a truth value is written on the command line."""
NOUNS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    NoneType: "none",
    object: "anything",
    Callable: "a function",
}


NUMBERS: dict[Any, Any] = {int: Integral, float: Real}
"""What counts as a whole number and as a number; those of numpy do."""


@dataclass(frozen=True)
class Within:
    """The numbers from `low` to `high`, both among them; `above` and `below` are bounds that are not."""

    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None

    def holds(self, value: Any) -> bool:
        """Whether a number lies inside."""
        return bool(
            (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            return f"from {_digits(self.low)} to {_digits(self.high)}"
        told = {"of at least": self.low, "above": self.above, "up to": self.high, "below": self.below}
        return " and ".join(f"{word} {_digits(bound)}" for word, bound in told.items() if bound is not None)


@dataclass(frozen=True)
class Form:
    """One form that a value may have: a type, with its range; a choice out of few; a tuple or mapping of other forms."""

    kind: Any
    within: Within | None = None
    choices: tuple[Any, ...] = ()
    items: "tuple[Form, ...]" = ()

    @property
    def wanted(self) -> str:
        """What is expected, in words."""
        if self.choices:
            return either(repr(choice) for choice in self.choices)
        if self.items:
            return ("a list, each " if self.kind is tuple else "NAME=VALUE, each ") + either(
                f.wanted for f in self.items
            )
        noun = NOUNS.get(self.kind) or str(self.kind.__name__)
        return f"{noun} {self.within}" if self.within else noun

    def fits(self, value: Any) -> bool:
        """Whether `value` has this form; numbers of numpy are numbers, a truth value is none."""
        if self.choices:
            return any(type(value) is type(choice) and value == choice for choice in self.choices)
        if self.kind is tuple:
            return isinstance(value, tuple | list) and all(fits(self.items, one) for one in value)
        if self.kind is dict:
            return isinstance(value, Mapping) and all(
                isinstance(k, str) and fits(self.items, v) for k, v in value.items()
            )
        if self.kind in NUMBERS:
            number = isinstance(value, NUMBERS[self.kind]) and not isinstance(value, bool)
            return (
                number and (self.kind is int or _is_finite(value)) and (self.within is None or self.within.holds(value))
            )
        return isinstance(value, self.kind)

    def read(self, text: str) -> Any:
        """The value that `text` writes; raises ValueError where it writes none of this form."""
        if self.choices:
            return {str(choice): choice for choice in self.choices}[text]
        if self.kind is tuple:
            return tuple(read(self.items, part) for part in text.split(",") if part)
        if self.kind is dict:
            pairs = dict(part.split("=", 1) for part in text.split(",") if part)  # ValueError where there is no =
            return {name: read(self.items, value) for name, value in pairs.items()}
        if self.kind in (bool, NoneType):
            return (WORDS if self.kind is bool else {"none": None})[text.lower()]
        return {int: int, float: float, str: str}[self.kind](text)


def forms_of(annotation: Any, within: Within | None = None) -> tuple[Form, ...]:
    """The forms that an annotation allows; `within` is the range of its numbers."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return forms_of(inside[0], next((one for one in inside[1:] if isinstance(one, Within)), within))
    if origin in (Union, UnionType):
        return tuple(form for one in inside for form in forms_of(one, within))
    if origin is Literal:
        return (Form(None, choices=inside),)
    if origin in (tuple, Sequence, list):
        return (Form(tuple, items=forms_of(inside[0])),)
    if origin in (dict, Mapping):
        return (Form(dict, items=forms_of(inside[1])),)
    if origin is Callable:
        return (Form(Callable),)
    plain = isinstance(annotation, type) and annotation is not Any
    return (Form(annotation if plain else object, within),)


def fits(forms: Iterable[Form], value: Any) -> bool:
    """Whether a value has one of the forms."""
    return any(form.fits(value) for form in forms)


def read(forms: Iterable[Form], text: str) -> Any:
    """The value that `text` writes in the first form that it fits; the text itself where it fits none."""
    for form in forms:
        try:
            return form.read(text)
        except (ValueError, KeyError):
            continue
    return text


def either(words: Iterable[str]) -> str:
    """Alternatives in words: "a, b or c"."""
    *first, last = dict.fromkeys(words)
    return f"{', '.join(first)} or {last}" if first else last


def _digits(bound: float) -> str:
    """0 and 0.0 look alike: annotations that are equal are one object, whichever was written first."""
    return f"{int(bound):,}" if isfinite(bound) and bound == int(bound) else f"{bound:g}"


def _is_finite(number: Any) -> bool:
    """False also for integers beyond the range of floats."""
    try:
        return isfinite(number)
    except OverflowError:
        return False
