"""The tables in short, as `--help` and the flags need them: what each name stands for and which settings it has.

Records lie beside what they do, and importing them takes seconds. So `catalogue.json` says the same without them;
`python -m docs.tables` writes it from the tables, and a test holds it against them.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

PATH = Path(__file__).with_name("catalogue.json")
Shape = Literal["switch", "list", "value", "nested"]


@dataclass(frozen=True)
class Setting:
    """One setting of a record.

    wanted: which values it takes, in words.
    default: in words; none where it has to be given.
    shape: "switch" for truth values, "list" for several values, "nested" where only a record will do, which has no flag.
    """

    name: str
    wanted: str
    shape: Shape
    sentence: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableEntry:
    """One name of a table: what it is in a line, and its settings."""

    name: str
    summary: str
    settings: tuple[Setting, ...] = field(default=())


@lru_cache(maxsize=1)
def entries_by_table() -> dict[str, tuple[TableEntry, ...]]:
    """The entries of each table, by what one of them is called, such as "recipe"."""
    found = json.loads(PATH.read_text("utf-8"))
    return {noun: tuple(_entry(one) for one in entries) for noun, entries in found.items()}


def _entry(values: dict[str, Any]) -> TableEntry:
    settings = ({**one, "choices": tuple(one.get("choices", ()))} for one in values.get("settings", ()))
    return TableEntry(values["name"], values["summary"], tuple(Setting(**one) for one in settings))
