"""The catalogue of all tables, made from the records themselves: what `--help` shows and what docs/tables.md lists."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, is_dataclass
from types import NoneType
from typing import Any

from spikewright.experiments.cli.catalogue import Setting, Shape, TableEntry
from spikewright.experiments.data.load import dataset_summaries
from spikewright.experiments.families import ATTACKS, CORRUPTIONS, METHODS, RECIPES, STAGES, SUBSTITUTES, USUAL
from spikewright.experiments.models.table import model_summaries
from spikewright.experiments.training.recipe import TrainRecipe
from spikewright.experiments.zoo import card, names
from spikewright.fields import Form, Option
from spikewright.hardware import DEVICES, Device
from spikewright.tables import Family, options, summary

SIMPLE = (int, float, bool, str)


def described() -> dict[str, tuple[TableEntry, ...]]:
    """The entries of every table, by what one of them is called."""
    families: tuple[Family[Any], ...] = (METHODS, SUBSTITUTES, RECIPES, ATTACKS, CORRUPTIONS, STAGES)
    training = TableEntry("train", summary(TrainRecipe), tuple(_settings(options(TrainRecipe), "training")))
    devices = tuple(TableEntry(name, _resources(one)) for name, one in DEVICES.items())
    tables = {family.noun: tuple(_entry(family, name) for name in family) for family in families}
    return {**tables, "device": devices, **_names(), "training": (training,)}


def _names() -> dict[str, tuple[TableEntry, ...]]:
    """Data sets, architectures and trained networks, which have no settings."""
    found = {
        "data set": dataset_summaries(),
        "model": model_summaries(),
        "network": {name: card(name).summary for name in names()},
    }
    return {noun: tuple(TableEntry(name, one) for name, one in summaries.items()) for noun, summaries in found.items()}


def plain(entries: Mapping[str, tuple[TableEntry, ...]]) -> dict[str, Any]:
    """The entries as plain values for JSON, without what is empty."""
    return {noun: [_filled(asdict(entry)) for entry in found] for noun, found in entries.items()}


def _entry(family: Family[Any], name: str) -> TableEntry:
    return TableEntry(name, family.summary(name), tuple(_settings(family.options(name), name)))


def _settings(found: tuple[Option, ...], name: str) -> Iterator[Setting]:
    usual = USUAL.get(name, {})
    for one in found:
        default = usual.get(one.name, one.default)
        choices = tuple(map(_word, one.choices))
        told = None if default is MISSING else _word(default)
        yield Setting(one.name, one.wanted, _shape(one.forms), one.sentence, told, choices)


def _shape(forms: tuple[Form, ...]) -> Shape:
    kinds = [form.kind for form in forms if form.kind is not NoneType]
    if kinds == [bool]:
        return "switch"
    if any(form.items for form in forms):
        return "nested" if any(inner.kind not in SIMPLE for form in forms for inner in form.items) else "list"
    return "value" if any(form.choices or form.kind in SIMPLE for form in forms) else "nested"


def _word(value: Any) -> str:
    """A value as it is written on a command line."""
    if is_dataclass(value):
        return repr(value)
    if isinstance(value, tuple | Mapping):
        return ",".join(map(str, value)) or "none"
    if value is None or isinstance(value, bool):
        return "none" if value is None else ("no", "yes")[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _filled(values: Any) -> Any:
    if isinstance(values, dict):
        return {
            name: _filled(value) for name, value in values.items() if value not in (None, (), "") or name == "summary"
        }
    return [_filled(value) for value in values] if isinstance(values, tuple | list) else values


def _resources(device: Device) -> str:
    return (
        f"{device.family}: {device.lut:,} LUT, {device.ff:,} FF, {device.blocks} blocks of {device.block_kbit} kbit, "
        f"{device.dsp} DSP"
    )
