"""What a field of a record takes, read from its annotation: for error messages, study files, flags and pages of docs.

A range stands in the annotation, a sentence about the field at the end of the class's docstring, one line `name: sentence`
for each field; a longer one goes on in lines that are indented further.

    @dataclass(frozen=True)
    class PGD(Attack):
        \"\"\"Projected gradient descent (Madry et al. 2018).

        steps: how often the image is moved.
        norm: how the distance from the image is measured.
        \"\"\"

        steps: Annotated[int, Within(1, 100_000)] = 40
        norm: Literal["linf", "l2"] = "linf"

A field may be int, float, bool, str, a Literal, a tuple of any length or a mapping by name of these, another record, and an
alternative of them, such as `int | None`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from functools import lru_cache
from inspect import cleandoc
from types import NoneType
from typing import Any, get_type_hints

from spikewright.errors import InvalidInput, SpikewrightError
from spikewright.forms import Form, Within, either, fits, forms_of, read
from spikewright.importing import imported, is_place, nearest, raised

__all__ = ["Form", "Option", "Within", "changed", "check_fields", "options", "read_fields", "record_of", "summary"]


@dataclass(frozen=True)
class Option:
    """One field of a record: `default` is MISSING where there is none, `sentence` is empty where nothing is said."""

    name: str
    forms: tuple[Form, ...]
    default: Any
    sentence: str

    @property
    def wanted(self) -> str:
        """What is expected, in words: "a whole number from 1 to 127"."""
        return either(form.wanted for form in self.forms)

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values to choose from; empty where others are taken too."""
        named = all(form.choices or form.kind is NoneType for form in self.forms)
        return tuple(choice for form in self.forms for choice in form.choices or (None,)) if named else ()

    def check(self, value: Any) -> Any:
        """Raise InvalidInput unless the value has one of the forms."""
        if not fits(self.forms, value):
            near = nearest(value, self.choices) or self.default
            way = "" if near is MISSING or near == value else f"; try {self.name}={near!r}"
            raise InvalidInput(f"expected {self.name} to be {self.wanted}, got {value!r:.60}{way}")

    def taken(self, value: Any) -> Any:
        """A value from a file as the field takes it: lists as tuples, mappings as nested records, functions by their place.

        Raises InvalidInput unless it has one of the forms.
        """
        for form in self.forms:
            if isinstance(form.kind, type) and is_dataclass(form.kind) and isinstance(value, Mapping):
                return record_of(self.default if isinstance(self.default, form.kind) else form.kind, value, self.name)
            if form.kind is Callable and isinstance(value, str) and is_place(value):
                return imported(value, "function")
        self.check(value)
        return tuple(value) if isinstance(value, list) else value

    def read(self, text: str) -> Any:
        """The value that is written on a command line; text that writes none comes back, for `taken` to refuse."""
        return read(self.forms, text)


def options(record: type[Any]) -> tuple[Option, ...]:
    """The fields of a dataclass that its constructor takes. Raises InvalidInput where annotations cannot be read."""
    kind: Any = record
    return _options(kind)


@lru_cache(maxsize=512)
def _options(record: type[Any]) -> tuple[Option, ...]:
    try:
        hints = get_type_hints(record, include_extras=True)
    except (NameError, TypeError, AttributeError) as error:
        raise InvalidInput(f"expected annotations of {record.__name__} that can be read, got: {error}") from error
    text = "\n".join(cleandoc(each.__dict__.get("__doc__") or "") for each in record.__mro__)
    return tuple(
        Option(field.name, forms_of(hints[field.name]), _default(field), _sentence(text, field.name))
        for field in fields(record)
        if field.init
    )


def check_fields(record: Any) -> None:
    """Raise InvalidInput for the first field of a record that its annotation does not take; for `__post_init__`."""
    for option in options(type(record)):
        option.check(getattr(record, option.name))


def record_of(kind: Any, given: Mapping[str, Any], what: str) -> Any:
    """The record of the class `kind`, or the record `kind` with other settings, from plain values by field.

    `what`: what it is called in messages. Raises InvalidInput for a field that it does not have, with the nearest, for a value
    that does not fit, for one that is missing, and with what a user's own constructor raises.
    """
    known = {option.name: option for option in options(kind if isinstance(kind, type) else type(kind))}
    for name in given:
        if name not in known:
            way = nearest(name, known)
            told = f"{', '.join(known) or 'it has none'}"
            raise InvalidInput(f"expected options of {what} ({told}), got {name}" + (f"; try {way}" if way else ""))
    values = {name: _taken(known[name], value, what) for name, value in given.items()}
    for name, option in known.items():
        if isinstance(kind, type) and option.default is MISSING and name not in values:
            raise InvalidInput(f"expected {name} for {what}, {option.wanted}, got none")
    try:
        return kind(**values) if isinstance(kind, type) else replace(kind, **values)
    except SpikewrightError:
        raise
    except (Exception, SystemExit) as error:  # a user's own record may raise anything
        raise InvalidInput(
            f"expected {what} to take these options, got {raised(error)}; try it in Python first"
        ) from error


def read_fields(kind: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Texts of a command line as values by field, for `record_of`; "a.b" is the field b of the record in the field a."""
    known = {option.name: option for option in options(kind)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        head, _, rest = name.partition(".")
        if rest:
            values[head] = {**values.get(head, {}), rest: value}
        else:
            values[name] = known[name].read(value) if name in known and isinstance(value, str) else value
    for name, value in values.items():
        inner: list[Any] = [form.kind for form in known[name].forms if is_dataclass(form.kind)] if name in known else []
        if isinstance(value, dict) and inner:
            values[name] = read_fields(inner[0], value)
    return values


def _taken(option: Option, value: Any, what: str) -> Any:
    try:
        return option.taken(value)
    except InvalidInput as error:
        raise InvalidInput(f"{what}: {error}") from None


def summary(record: Any) -> str:
    """The first line of a docstring."""
    return cleandoc(record.__doc__ or "").partition("\n")[0]


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _sentence(text: str, name: str) -> str:
    """What the docstring says in the line `name: ...` and the lines that are indented below it."""
    found = re.search(rf"^{name}: (.*(?:\n[ \t]+\S.*)*)", text, re.MULTILINE)
    return " ".join(found[1].split()) if found else ""


def changed(record: Any) -> dict[str, Any]:
    """The fields of a record that are not as by default, by name."""
    values = {option.name: (getattr(record, option.name), option.default) for option in options(type(record))}
    return {name: value for name, (value, default) in values.items() if default is MISSING or value != default}
