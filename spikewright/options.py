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
from dataclasses import MISSING, dataclass, fields
from inspect import cleandoc
from types import NoneType
from typing import Any, get_type_hints

from spikewright.errors import InvalidInput
from spikewright.forms import Form, Within, either, fits, forms_of, read

__all__ = ["Form", "Option", "Within", "check_fields", "options", "summary"]


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
        """The value, a list as a tuple. Raises InvalidInput where it has none of the forms."""
        if not fits(self.forms, value):
            way = "" if self.default is MISSING or self.default == value else f"; try {self.name}={self.default!r}"
            raise InvalidInput(f"expected {self.name} to be {self.wanted}, got {value!r:.60}{way}")
        return tuple(value) if isinstance(value, list) else value

    def read(self, text: str) -> Any:
        """The value that is written on a command line; text that writes none comes back, for `check` to refuse."""
        return read(self.forms, text)


def options(record: type[Any]) -> tuple[Option, ...]:
    """The fields of a dataclass that its constructor takes. Raises InvalidInput where annotations cannot be read."""
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


def summary(record: Any) -> str:
    """The first line of a docstring."""
    return cleandoc(record.__doc__ or "").partition("\n")[0]


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _sentence(text: str, name: str) -> str:
    """What the docstring says in the line `name: ...` and the lines that are indented below it."""
    found = re.search(rf"^{name}: (.*(?:\n[ \t]+\S.*)*)", text, re.MULTILINE)
    return " ".join(found[1].split()) if found else ""
