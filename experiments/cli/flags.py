"""Flags as data: those that are written out, and those of a table's settings."""

from argparse import BooleanOptionalAction, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spikewright.experiments.cli.catalogue import Setting, TableEntry, entries_by_table

UNFLAGGED = ("seed",)
"""Settings for which every command has a flag of its own."""


@dataclass(frozen=True)
class Flag:
    """One argument: its names, what `--help` says, and what argparse is told."""

    names: tuple[str, ...]
    told: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def flag(*names: str, told: str, **settings: Any) -> Flag:
    """A flag, or a positional argument; the default is told where there is one."""
    default = settings.get("default")
    shown = " ".join(map(str, default)) if isinstance(default, list) else default
    told_default = "" if shown is None or shown == "" or isinstance(shown, bool) else f" (default: {shown})"
    return Flag(names, f"{told}{told_default}", settings)


@dataclass(frozen=True)
class TableFlags:
    """The flags of the settings that entries of a table have.

    noun: the table, by what one of it is called.
    only: the entries, all unless given.
    settings: those that get a flag, all unless given.
    also: other names of a flag, by setting.
    """

    noun: str
    only: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> tuple[TableEntry, ...]:
        """The entries of the table that these flags are for."""
        return tuple(one for one in entries_by_table()[self.noun] if not self.only or one.name in self.only)

    def by_name(self) -> dict[str, list[tuple[str, Setting]]]:
        """Every setting with a flag: the entries that have it, and what it is there."""
        found: dict[str, list[tuple[str, Setting]]] = {}
        for entry in self.entries:
            for one in entry.settings:
                if (
                    one.shape != "nested"
                    and one.name not in UNFLAGGED
                    and (one.name in self.settings or not self.settings)
                ):
                    found.setdefault(one.name, []).append((entry.name, one))
        return found

    def flags(self) -> Iterator[Flag]:
        """The flags themselves; nothing is given by default, so that each record has its own."""
        for name, uses in self.by_name().items():
            names = ("--" + name.replace("_", "-"), *([self.also[name]] if name in self.also else []))
            yield Flag(
                names, _told(uses, alone=len(self.entries) == 1), {"dest": name, "default": None, **_form(uses[0][1])}
            )

    def given(self, options: Namespace) -> dict[str, Any]:
        """What was given, by setting, as it was written."""
        found = {name: getattr(options, name) for name in self.by_name() if getattr(options, name) is not None}
        return {name: ",".join(value) if isinstance(value, list) else value for name, value in found.items()}


def _form(setting: Setting) -> dict[str, Any]:
    """How argparse takes a setting: as text, which the record reads."""
    if setting.shape == "switch":
        return {"action": BooleanOptionalAction}
    if setting.shape == "list":
        return {"nargs": "+", "metavar": "NAME=VALUE" if setting.wanted.startswith("NAME=VALUE") else "VALUE"}
    return {"metavar": "{" + ",".join(setting.choices) + "}" if setting.choices else "VALUE"}


def _told(uses: list[tuple[str, Setting]], *, alone: bool) -> str:
    """The sentences of a setting, with the entries that mean the same by it."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, one in uses:
        default = f"default: {one.default}" if one.default is not None else "required"
        wanted = "" if one.choices or one.shape == "switch" else f"{one.wanted}; "
        groups.setdefault((one.sentence.rstrip("."), f"{wanted}{default}"), []).append(name)
    told = []
    for (sentence, rest), names in groups.items():
        told.append(("" if alone else f"{', '.join(names)}: ") + f"{sentence} ({rest})".strip())
    return "; ".join(told)
