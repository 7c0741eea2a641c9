"""The numbers of README.md, from what was measured: `python -m docs.readme` writes them again.

    python -m docs.readme            the blocks of README.md, from docs/results, docs/benchmarks.md and docs/conversion.md
    python -m docs.readme runs/demo  the same, after the rows of finished demos are put into docs/results/demo.csv

A block stands between `<!-- NAME -->` and `<!-- end of NAME -->`; what is outside of the blocks stays.
"""

import csv
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.page import given
from spikewright import InvalidFile, Kind, Table, atomic_path
from spikewright.experiments.studies.study import open_study
from spikewright.kinds import holds

DOCS = Path(__file__).parent
README, DEMO = DOCS.parent / "README.md", DOCS / "results" / "demo.csv"
README_FILE = Kind("the README of spikewright", holds(b"# spikewright"))

Row = Mapping[str, str]

CASES = {
    "lenet64-mnist": "MNIST",
    "lenet64-mnist-1of8": "1 of 8 weights left",
    "lenet64-mnist-blocks": "90 % pruned in blocks of 16 channels",
    "lenet64-fashion": "Fashion-MNIST",
    "lenet64-fashion-blocks": "90 % pruned in blocks",
    "vgg7-cifar10-quiet": "VGG-7 on CIFAR-10 (`vgg7-cifar10-quiet`)",
    "resnet20-cifar10": "ResNet-20 on CIFAR-10",
}
INT8 = "torch, int8, 8-bit network"
RUNNERS = ("snnTorch", "Norse", "sinabs", "SpikingJelly", "torch, input hoisted", INT8, "event float32", "event fixed")
TITLES = {
    "torch, input hoisted": "PyTorch, tuned",
    INT8: "PyTorch, 8 bits",
    "event float32": "`event` float32",
    "event fixed": "`event` fixed",
}
CONVERSIONS = (
    ("VGG-7, wide", "VGG-7, wide, CIFAR-10", "light", "vgg7-wide-cifar10"),
    ("VGG-7", "VGG-7, CIFAR-10", "light", "vgg7-cifar10"),
    ("VGG-7, signed neurons", "VGG-7, CIFAR-10", "signed, light", ""),
    ("VGG-7, trained with 4 learned levels", "VGG-7 with learned thresholds, 4 levels, CIFAR-10", "light", ""),
    ("the same, signed neurons", "VGG-7 with learned thresholds, 4 levels, CIFAR-10", "signed, light", ""),
    ("ResNet-20 (weights of layers calibrated too)", "ResNet-20, CIFAR-10", "advanced", "resnet20-cifar10"),
    ("ResNet-20, signed neurons", "ResNet-20, CIFAR-10", "signed, light", ""),
)
STEPS = ("4", "8", "16", "32")
"""Rows of the README: label, section and method in docs/conversion.md, and the network in its table of spike times."""
DEMO_NAMES = {"digits": "digits", "mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}


def blocks() -> dict[str, str]:
    """The text of every block by its name."""
    return {"peers": peers(), "given": given(), "conversion": conversions(), "demo": demos()}


def peers() -> str:
    """Images per second of every program, from docs/benchmarks.md."""
    found = {
        (row["network"], row["runner"]): row
        for row in _tables(DOCS / "benchmarks.md", "runner")
        if row.get("steps") == "32" and row.get("images_per_s", "-") != "-"
    }
    version = {name: found["lenet64-mnist", name]["version"].rsplit(".", 1)[0] for name in RUNNERS[:4]}
    cases = {network: label for network, label in CASES.items() if (network, "event fixed") in found}
    runners = [name for name in RUNNERS if any((network, name) in found for network in cases)]
    heads = [TITLES.get(name) or f"{name} {version[name]}" for name in runners]
    lines = []
    for network, label in cases.items():
        rows = [found.get((network, name)) for name in runners]
        fixed = found[network, "event fixed"]
        told = f"{label}, {_percent(fixed['accuracy'])} ({_percent(found[network, 'event float32']['density'])})"
        lines.append(
            [
                told,
                *(_whole(row["images_per_s"]) if row else "-" for row in rows),
                f"**{float(fixed['times_fastest_library']):.1f}**",
            ]
        )
    return _table(["network, accuracy (density of spikes)", *heads, "fixed, times the fastest library"], lines)


def conversions() -> str:
    """Accuracy against steps, from docs/conversion.md; where it has several seeds, the first."""
    text = (DOCS / "conversion.md").read_text()
    times = {row["network"]: row["CNN and SNN"] for row in _tables(DOCS / "conversion.md", "CNN and SNN")}
    rows = []
    for label, section, method, network in CONVERSIONS:
        part = text.split(f"**{section}**", 1)[1]
        own = re.search(r"(?:itself|CNN) ([\d.]+)", part)
        if own is None:
            raise InvalidFile(f"expected the accuracy of the CNN after {section!r} in docs/conversion.md, got none")
        table = {(row["steps"], row["method"]): row for row in _parsed(part.splitlines())}
        cells = [_first(table.get((steps, method), {})) for steps in STEPS]
        rows.append([label, f"{own[1]} %", *cells, times.get(network, "")])
    return _table(["network", "CNN", *(f"{steps} steps" for steps in STEPS), "exact spike times"], rows)


def demos() -> str:
    """The demos, from docs/results/demo.csv."""
    with DEMO.open(newline="") as file:
        found = {row["dataset"]: row for row in csv.DictReader(file)}
    rows = []
    for name, label in DEMO_NAMES.items():
        row = found[name]
        accuracies = [f"{100 * float(row[column]):.2f} %" for column in ("ann", "compressed", "rate", "ttfs")]
        spikes = " / ".join(f"{float(row[column]):.2f}" for column in ("rate_spikes", "ttfs_spikes"))
        rows.append([f"{label} ({int(row['images']):,})", *accuracies, spikes])
    heads = [
        "data set (test images)",
        "CNN",
        "compressed",
        "rate SNN, 7 steps, fixed point",
        "TTFS SNN",
        "spikes per neuron, rate / TTFS",
    ]
    return _table(heads, rows)


def demo_row(folder: str | Path) -> dict[str, str]:
    """The row of docs/results/demo.csv for a finished demo: its numbers, and where its last cell came from."""
    result = open_study(folder)
    rows = {row["network"]: row for row in result.tables["accuracy"].where(seed=result.study.seeds[0])}
    accuracies = {name: str(rows[name]["accuracy"]) for name in ("ann", "compressed", "rate", "ttfs")}
    spikes = {f"{name}_spikes": str(rows[name]["spikes_per_neuron"]) for name in ("rate", "ttfs")}
    origin = {name: str(rows["ttfs"].get(name)) for name in ("commit", "spikewright", "versions", "threads")}
    size = {"images": str(rows["ann"]["samples"]), "seed": str(result.study.seeds[0])}
    return {"dataset": result.study.dataset.name, **size, **accuracies, **spikes, **origin}


def store(folders: Sequence[str]) -> None:
    """Put the rows of finished demos and their origin into docs/results/demo.csv, for those of the same data set."""
    with DEMO.open(newline="") as file:
        kept = {row["dataset"]: row for row in csv.DictReader(file)}
    made = Table.of({**kept, **{row["dataset"]: row for row in map(demo_row, folders)}}.values())
    made.to_csv(DEMO, like=tuple(next(iter(kept.values()))))


def rewritten(text: str) -> str:
    """README's text with its blocks as the tables say. Raises InvalidFile for a block that is not there."""
    for name, block in blocks().items():
        first, last = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, found, rest = text.partition(first)
        _, end, after = rest.partition(last)
        if not found or not end or first in rest:
            raise InvalidFile(f"expected one block {name!r} in {README}, from {first} to {last}, got another number")
        text = f"{before}{first}\n\n{block}\n\n{last}{after}"
    return text


def main(folders: Sequence[str]) -> None:
    """Store the rows of `folders` and write README.md."""
    if folders:
        store(folders)
    write(README, rewritten(README.read_text()))


def write(path: Path, text: str) -> None:
    """Write the README; raises InvalidFile when another file is there."""
    with atomic_path(path, README_FILE) as temporary:
        temporary.write_text(text)


def _tables(page: Path, column: str) -> Iterator[Row]:
    """The rows of all tables of a page that have the column."""
    for part in page.read_text().split("\n\n"):
        yield from (row for row in _parsed(part.strip().splitlines()) if column in row)


def _parsed(lines: Sequence[str]) -> Iterator[Row]:
    """The rows of the first Markdown table in the lines."""
    start = next((place for place, line in enumerate(lines) if line.startswith("| ")), len(lines))
    names = None
    for line in lines[start:]:
        if not line.startswith("| "):
            return
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if names is None:
            names = cells
        elif set(cells[0]) != {"-"} or len(cells[0]) < 3:
            yield dict(zip(names, cells, strict=False))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _first(row: Row) -> str:
    text = row.get("accuracy") or row.get("accuracy of each seed", "")
    return f"{text.split(' ')[0]} %" if text else ""


def _percent(text: str) -> str:
    return f"{100 * float(text):.1f} %"


def _whole(text: str) -> str:
    return f"{float(text.replace(',', '')):,.0f}"


if __name__ == "__main__":
    main(sys.argv[1:])
