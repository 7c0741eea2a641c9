"""Plain values of a study file that know in which line they stand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FileLine:
    """A line of a file, counted from 1; None where a format does not say it."""

    path: Path
    number: int | None = None

    def __str__(self) -> str:
        return str(self.path) if self.number is None else f"{self.path}:{self.number}"


class Fields(dict[str, Any]):
    """A mapping whose `lines` say where each of its names stands."""

    def __init__(self, values: Mapping[str, Any], lines: Mapping[str, FileLine]) -> None:
        super().__init__(values)
        self.lines = dict(lines)


class Items(list[Any]):
    """A list whose `lines` say where each of its items stands."""

    def __init__(self, values: Sequence[Any], lines: Sequence[FileLine]) -> None:
        super().__init__(values)
        self.lines = list(lines)


def in_one_line(values: Any, line: FileLine) -> Any:
    """Plain values, all of them in one line."""
    if isinstance(values, Mapping):
        return Fields({name: in_one_line(value, line) for name, value in values.items()}, dict.fromkeys(values, line))
    if isinstance(values, list):
        return Items([in_one_line(value, line) for value in values], [line] * len(values))
    return values


def line_of(values: Any, place: Sequence[int | str], start: FileLine) -> FileLine:
    """The line of what stands at `place` in `values`; of what it is in, where it does not stand in the file itself."""
    line = start
    for part in place:
        try:
            line, values = values.lines[part], values[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def field_said(values: Any, place: Sequence[int | str], said: str) -> tuple[int | str, ...]:
    """`place`, and the field at it that a sentence is about: "expected steps to be ..., got 0" is about steps."""
    for part in place:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            return tuple(place)
    if not isinstance(values, Fields):
        return tuple(place)
    about = re.findall(r"(?:expected|got) (?:no )?'?([a-z_]+)'?(?= to be|; try|$)", said)
    return (*place, *[name for name in about if name in values][:1])
