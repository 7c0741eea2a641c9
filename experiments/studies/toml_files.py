"""TOML with the line of each field and item: `tomllib` gives the values, a second look at the text where they stand."""

import re
import tomllib
from pathlib import Path
from typing import Any

from spikewright import InvalidFile
from spikewright.experiments.studies.located import Fields, FileLine, Items

DEEPEST = 20
TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|\n|[\[\]{},=.]|[^\s\[\]{},=.#"\']+',
    re.DOTALL,
)
"""Strings of all four forms, comments, ends of lines, signs, and words."""


def read_toml(path: Path, text: str) -> Any:
    """The values in `text`, which stands in `path`. Raises InvalidFile with the line of what is wrong."""
    try:
        values = tomllib.loads(text)
        places = _Places(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = FileLine(path, int(found[1] or text.count("\n") + 1) if found else None)
        said = str(error)[: found.start()] if found else str(error)
        raise InvalidFile(f"{line}: expected TOML, got: {said:.200}") from error
    except RecursionError as error:
        raise InvalidFile(f"{path}: expected TOML, got: too many levels; try it flatter") from error
    return _located(values, places, (), FileLine(path, 1))


def _located(values: Any, places: "_Places", place: tuple[str | int, ...], line: FileLine) -> Any:
    """The values with the line of each: its own where it was found, else that of what it is in."""
    if len(place) > DEEPEST:
        raise InvalidFile(f"{line}: expected at most {DEEPEST} levels of lists and fields, got more; try it flatter")
    if not isinstance(values, dict | list):
        return values
    names: list[Any] = list(values) if isinstance(values, dict) else list(range(len(values)))
    lines = [FileLine(line.path, places.lines.get((*place, name), line.number)) for name in names]
    inner = [_located(values[name], places, (*place, name), at) for name, at in zip(names, lines, strict=True)]
    if isinstance(values, dict):
        return Fields(dict(zip(names, inner, strict=True)), dict(zip(names, lines, strict=True)))
    return Items(inner, lines)


class _Places:
    """The line of every field and item of a text that is TOML."""

    def __init__(self, text: str) -> None:
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.tokens: list[tuple[str, int]] = []
        line = 1
        for found in TOKEN.finditer(text):
            if not found[0].startswith("#"):
                self.tokens.append((found[0], line))
            line += found[0].count("\n")
        self.at = 0
        self.counts: dict[tuple[str | int, ...], int] = {}
        self._whole()

    @property
    def _next(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _take(self) -> tuple[str, int]:
        self.at += 1
        return self.tokens[self.at - 1]

    def _skip_lines(self) -> None:
        while self._next == "\n":
            self.at += 1

    def _whole(self) -> None:
        table: tuple[str | int, ...] = ()
        while self.at < len(self.tokens):
            if self._next == "\n":
                self.at += 1
            elif self._next == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> tuple[str | int, ...]:
        """The place of a table, `[a.b]` or `[[a.b]]`, where names of lists mean their last item."""
        line = self._take()[1]
        several = self._next == "["
        self.at += several
        table = self._key((), line)
        if several:
            table = (*table, self._count(table))
            self.lines[table] = line
        while self._next not in ("\n", ""):
            self.at += 1
        return table

    def _count(self, place: tuple[str | int, ...]) -> int:
        self.counts[place] = self.counts.get(place, -1) + 1
        return self.counts[place]

    def _key(self, table: tuple[str | int, ...], line: int) -> tuple[str | int, ...]:
        """The place of a name with points in it, each part of which stands in this line."""
        place = table
        while self._next not in ("=", "]", "\n", ""):
            part = self._take()[0]
            if part == ".":
                continue
            if place in self.counts:
                place = (*place, self.counts[place])
            place = (*place, _name(part))
            self.lines.setdefault(place, line)
        return place

    def _pair(self, table: tuple[str | int, ...]) -> None:
        place = self._key(table, self.tokens[self.at][1])
        self.at += 1  # the sign between
        self._value(place)

    def _value(self, place: tuple[str | int, ...]) -> None:
        first = self._next
        if first == "[":
            self._list(place)
        elif first == "{":
            self._fields(place)
        else:
            while self._next not in (",", "]", "}", "\n", ""):  # a number has points, a date blanks
                self.at += 1

    def _list(self, place: tuple[str | int, ...]) -> None:
        self.at += 1
        number = 0
        self._skip_lines()
        while self._next not in ("]", ""):
            self.lines[(*place, number)] = self.tokens[self.at][1]
            self._value((*place, number))
            number += 1
            self._past_comma()
        self.at += 1

    def _fields(self, place: tuple[str | int, ...]) -> None:
        self.at += 1
        self._skip_lines()
        while self._next not in ("}", ""):
            self._pair(place)
            self._past_comma()
        self.at += 1

    def _past_comma(self) -> None:
        self._skip_lines()
        if self._next == ",":
            self.at += 1
            self._skip_lines()


def _name(part: str) -> str:
    """A part of a name, without its quotes."""
    return part if part[0] not in "\"'" else str(tomllib.loads(f"name = {part}")["name"])
