"""Records made of what a command line says: a word such as "pgd,steps=40", and flags beside it."""

from collections.abc import Iterable, Mapping
from typing import Any

from spikewright import InvalidInput
from spikewright.experiments.cli.one_word import spoken
from spikewright.experiments.families import USUAL
from spikewright.tables import Family


def record(family: Family[Any], text: str, given: Mapping[str, Any], seed: int | None = None) -> Any:
    """The record that `text` names, with the settings said there, those `given` by flags, and else those that are usual.

    `seed`: of what the record draws, if it draws. Raises InvalidInput as `Family.make`.
    """
    name, said = spoken(text)
    values = {**USUAL.get(name, {}), **given, **said}
    if seed is not None and "seed" not in values and "seed" in _settings(family, name):
        values["seed"] = seed
    return family.make(name, family.read(name, values))


def records(family: Family[Any], texts: Iterable[str], given: Mapping[str, Any], seed: int | None = None) -> list[Any]:
    """The records of several texts; each takes those of the flags that it has. Raises InvalidInput for one that none has."""
    texts = list(texts)
    known = {text: _settings(family, spoken(text)[0]) for text in texts}
    for setting in given:
        if not any(setting in settings for settings in known.values()):
            having = ", ".join(name for name in family if setting in _settings(family, name))
            raise InvalidInput(
                f"expected settings of {', '.join(texts) or f'the {family.noun}s asked for'}, got one of {having}, "
                f"--{setting.replace('_', '-')}; try without it"
            )
    return [
        record(family, text, {name: value for name, value in given.items() if name in settings}, seed)
        for text, settings in known.items()
    ]


def _settings(family: Family[Any], name: str) -> set[str]:
    return {option.name for option in family.options(name)}
