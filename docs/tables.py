"""The page of tables: `python -m docs.tables` writes docs/tables.md, and the catalogue that `--help` reads."""

import json
from collections.abc import Iterator
from pathlib import Path

from spikewright import Kind, atomic_path
from spikewright.experiments.cli.catalogue import PATH, TableEntry
from spikewright.experiments.tables_in_short import described, plain
from spikewright.kinds import holds, json_with

PAGE = Path(__file__).with_suffix(".md")
PAGE_FILE = Kind("the page of tables", holds(b"Written by `python -m docs.tables`"))
CATALOGUE_FILE = Kind("the catalogue of tables", json_with("recipe", "attack", "corruption"))
INTRODUCTION = """# Tables

Written by `python -m docs.tables` from the records themselves. In Python, on the command line and in a study, `NAME` may be
your own class, as `package.module:Class`, for a device a record or a YAML or TOML file; it is found from the working folder too.
On the command line, settings are flags, or stand behind the name: `pgd,steps=40,loss=margin`. In a study they stand beside it:
`{kind: pgd, steps: 40, epsilons: [0.1]}`.
"""
TITLES = {
    "method": (
        "Methods of compression",
        "`spikewright compress --method NAME`, in a study `compressions: [{methods: [{method: NAME}]}]`",
    ),
    "substitute": (
        "Substitutes for what has no spiking form",
        "`spikewright adapt --replace PLACE=NAME`, in a study `methods: [{method: adapt, replace: {PLACE: NAME}}]`; a place is a "
        "path, a kind of layer, such as `SiLU`, or a kind of place: `activation`, `gate`, `norm`, `pooling`",
    ),
    "recipe": ("Recipes of conversion", "`spikewright convert --recipe NAME`, in a study `conversions: [{recipe: NAME}]`"),
    "attack": ("Attacks", "`spikewright attack --attacks NAME`, in a study `robustness: {attacks: [{kind: NAME}]}`"),
    "corruption": ("Corruptions", "`spikewright attack --noise NAME`, in a study `robustness: {noise: [{kind: NAME}]}`"),
    "device": ("Devices", "`--device NAME`, in a study `hardware: {device: NAME}`"),
    "stage": ("Stages of a study", "the sections of a study; any other stage is `stages: [{stage: NAME}]`"),
    "data set": (
        "Data sets",
        "`--dataset NAME` or your own `FILE.npz` or `package.module:function`, `--data FOLDER` has its files; in a study "
        "`dataset: {name: NAME}`",
    ),
    "model": ("Models", "`spikewright train --model NAME`, in a study `model: {architecture: NAME}`"),
    "network": ("Trained networks", "`spikewright train --zoo NAME`, in a study `model: {zoo: NAME}`"),
    "training": ("Training", "`spikewright train`, in a study `model: {architecture: NAME, training: {...}}`"),
}  # fmt: skip


def main() -> None:
    """Write the page and the catalogue."""
    entries = described()
    write(PAGE, PAGE_FILE, page(entries))
    write(PATH, CATALOGUE_FILE, catalogue_text(entries))


def write(path: Path, kind: Kind, text: str) -> None:
    """Write one of the two; raises InvalidFile when another file is there."""
    with atomic_path(path, kind) as temporary:
        temporary.write_text(text)


def catalogue_text(entries: dict[str, tuple[TableEntry, ...]]) -> str:
    """The catalogue as JSON."""
    return json.dumps(plain(entries), indent=1) + "\n"


def page(entries: dict[str, tuple[TableEntry, ...]]) -> str:
    """The page as markdown."""
    return "\n".join((INTRODUCTION, *(line for noun in TITLES for line in _table(noun, entries[noun]))))


def _table(noun: str, entries: tuple[TableEntry, ...]) -> Iterator[str]:
    title, where = TITLES[noun]
    yield f"## {title}\n\n{where}\n\n| name | what it is |\n| --- | --- |"
    yield from (f"| `{entry.name}` | {entry.summary} |" for entry in entries)
    yield ""
    for entry in entries:
        if entry.settings:
            yield f"### {entry.name}\n\n| setting | takes | default | |\n| --- | --- | --- | --- |"
            for one in entry.settings:
                default = "" if one.default is None else f"`{one.default}`"
                yield f"| `{one.name}` | {one.wanted} | {default} | {one.sentence} |".replace("\n", " ")
            yield ""


if __name__ == "__main__":
    main()
