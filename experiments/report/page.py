"""The report of a study: one HTML file that needs no network, with every number's origin at its end."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import Kind, Progress, Table, atomic_path, claim_folder, silent
from spikewright.experiments.plots.gallery import Picture, study_pictures
from spikewright.experiments.report.tables import write_table
from spikewright.kinds import holds

if TYPE_CHECKING:
    from spikewright.experiments.runs.study import StudyResult

REPORT_FILE = Kind("a report of spikewright", holds(b'<meta name="generator" content="spikewright">'))
TEMPLATE = Path(__file__).with_name("report.html.j2")
HIDDEN = ("seed", "task", "configuration", "commit", "spikewright", "versions", "threads", "draw")
"""Columns that every row carries; the report says them once."""


@dataclass(frozen=True)
class Headline:
    """A headline number."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table of the report: formatted cells, and whether each column is of numbers."""

    name: str
    title: str
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


def write_report(result: "StudyResult", checks: Table | None = None, *, progress: Progress = silent) -> Path:
    """Draw the figures of `result` and write `report.html` beside them; returns its path.

    `checks`: rows of check, measured, target and holds. Raises InvalidFile when the folder cannot be written.
    """
    from spikewright.experiments.runs.study import STUDY_FOLDER

    claim_folder(result.folder, STUDY_FOLDER)
    progress("report", 0, 2)
    pictures = study_pictures(result, result.folder / "figures")
    if checks is not None:
        write_table(checks, result.folder / "tables" / "checks", result.provenance.to_dict())
    progress("report", 1, 2)
    path = result.folder / "report.html"
    write_page(path, _render(_content(result, checks, pictures)))
    progress("report", 2, 2)
    return path


def write_page(path: Path, text: str) -> None:
    """Write the page; raises InvalidFile when another file is there."""
    with atomic_path(path, REPORT_FILE) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _render(content: Mapping[str, Any]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(TEMPLATE.parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(TEMPLATE.name).render(content)


def _content(result: "StudyResult", checks: Table | None, pictures: Iterable[Picture]) -> dict[str, Any]:
    from spikewright.experiments.report.chain import coded_how, compressed_how
    from spikewright.experiments.runs.study import origins

    study, tables = result.study, result.tables
    return {
        "study": study,
        "compressed_how": compressed_how,
        "coded_how": coded_how,
        "model": study.model.architecture or study.model.zoo or study.model.factory,
        "cards": cards(tables),
        "checks": list(checks) if checks is not None else [],
        "pictures": [{"picture": p, "source": _inline(p), "file": f"figures/{p.base.name}.svg"} for p in pictures],
        "conversions": [
            sheet("conversion", name, tables["conversion"].where(network=name), hidden=(*HIDDEN, "network"))
            for name in _converted(tables)
        ],
        "sheets": [sheet(name, title, tables[name]) for name, title in SHEETS.items() if name in tables],
        "corners": corners(tables),
        "core": next(iter(tables["core"]), None) if "core" in tables else None,
        "provenance": result.provenance,
        "origins": list(origins(result)),
        "tasks": len(result.tasks),
        "rows": len(tables["results"]),
        "rerun": rerun(result),
    }


SHEETS = {
    "accuracy": "Accuracy and activity",
    "activity": "Activity by population",
    "diagnosis": "Where each conversion loses, layer by layer",
    "baseline": "The CNN at equal information beside each spiking network",
    "footprint": "Footprint",
    "estimate": "The exported core, layer by layer",
    "robustness": "Robustness",
    "training": "Training",
}
"""The tables that the report shows in full, with their titles; `hardware` is a figure and its corners."""


def cards(tables: Mapping[str, Table]) -> list[Headline]:
    """The headline numbers, as far as the study has them."""
    made = [_accuracy_card(row) for row in tables["accuracy"] if row["kind"] in ("ANN", "SNN")]
    if "footprint" in tables:
        rows = list(tables["footprint"])
        before, after = (sum(row[name] for row in rows) for name in ("before_bits", "after_bits"))
        kept = sum(row["kept"] for row in rows) / sum(row["weights"] for row in rows)
        made.append(
            Headline(
                f"{before / after:.1f}\N{MULTIPLICATION SIGN}", "smaller weights", f"{kept:.0%} of the weights are kept"
            )
        )
    if "hardware" in tables:
        made += [card for row in tables["hardware"] if row["chosen"] for card in _core_cards(row)]
    return made


def _accuracy_card(row: Mapping[str, Any]) -> Headline:
    name = "ANN" if row["network"] == "ann" else row["network"]
    note = f"95 %: {row['low']:.1%} to {row['high']:.1%}"
    if row["kind"] == "SNN":
        note = f"{row['spikes_per_neuron']:.2f} spikes per neuron"
    return Headline(f"{row['accuracy']:.1%}", f"{name} ({row['kind']})" if name != row["kind"] else name, note)


def _core_cards(row: Mapping[str, Any]) -> list[Headline]:
    latency, energy = (_spread(row, name) for name in ("latency_us", "fpga_energy_uj"))
    return [
        Headline(f"{row['latency_us']:.3g} µs", "latency of the core", f"{latency} µs, estimated"),
        Headline(f"{row['fpga_energy_uj']:.3g} µJ", "FPGA energy per inference", f"{energy} µJ, estimated"),
        Headline(
            f"{row['lut']:,.0f} LUT",
            f"area on {row['device']}",
            f"{_spread(row, 'lut', ',.0f')} LUT, estimated; {row['dsp']} DSP, {row['bram36']:g} BRAM36",
        ),
    ]


def _spread(row: Mapping[str, Any], name: str, form: str = ".3g") -> str:
    return f"{row[f'{name}_low']:{form}} to {row[f'{name}_high']:{form}}"


BANDS = "LUT and FF within the bands of 52 hand-written layers: 0.07 to 2.6 and 1 to 7.1 times the estimate"


def corners(tables: Mapping[str, Table]) -> Sheet | None:
    """The named architectures of every network and the exported core."""
    if "hardware" not in tables:
        return None
    rows = [row for row in tables["hardware"] if row["architecture"] != "sweep" or row["chosen"]]
    return sheet("hardware", f"Architectures ({BANDS})", Table.of(_corner(row) for row in rows))


def _corner(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["architecture"].replace("_", " ")
    return {
        "network": row["network"],
        "architecture": ("exported core" if name == "sweep" else f"{name} (exported)") if row["chosen"] else name,
        **{key: row[key] for key in ("physical_neurons", "fits")},
        "lut": f"{row['lut']:,.0f} ({_spread(row, 'lut', ',.0f')})",
        **{key: row[key] for key in ("bram36", "dsp", "latency_us")},
        "asic45_energy_nj": row["asic45_energy_nj"],
        "fpga_energy_uj": f"{row['fpga_energy_uj']:.3g} ({_spread(row, 'fpga_energy_uj')})",
    }


def sheet(name: str, title: str, table: Table, most: int = 400, hidden: tuple[str, ...] = HIDDEN) -> Sheet:
    """A table for people: `hidden` columns and empty ones left out, at most `most` rows."""
    columns = tuple(c for c in table.columns if c not in hidden and any(value not in (None, "") for value in table[c]))
    values = [[row[column] for column in columns] for row in table][:most]
    numeric = tuple(_numeric([row[place] for row in values]) for place in range(len(columns)))
    rows = tuple(tuple(show(value) for value in row) for row in values)
    return Sheet(name, title, tuple(map(heading, columns)), numeric, rows, max(0, len(table) - most))


def heading(column: str) -> str:
    """A column's name in words, its unit in brackets."""
    words = column.split("_")
    unit = UNITS.get(words[-1])
    return " ".join(words) if unit is None else f"{' '.join(words[:-1])} ({unit})"


UNITS = {"us": "µs", "uj": "µJ", "nj": "nJ", "mhz": "MHz"}


def show(value: Any) -> str:
    """A cell in words: yes and no, four digits, thousands with commas."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def rerun(result: "StudyResult") -> str:
    """The command that makes this report again."""
    name, seed = result.study.name, result.study.seeds[0]
    if name.startswith("demo-"):
        data = "" if result.study.dataset.name == "digits" else " --data FOLDER"
        return f"spikewright demo --dataset {result.study.dataset.name}{data} --seed {seed} --out {result.folder}"
    return f"spikewright study {result.folder / 'study.json'} --out {result.folder}"


def _numeric(values: list[Any]) -> bool:
    found = [value for value in values if value is not None]
    return bool(found) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in found)


def _converted(tables: Mapping[str, Table]) -> list[str]:
    return list(dict.fromkeys(tables["conversion"]["network"])) if "conversion" in tables else []


def _inline(picture: Picture) -> str:
    """The figure as a data address: SVG, or PNG where the SVG would be larger."""
    choices = [(picture.base.with_name(f"{picture.base.name}.{ending}"), kind) for ending, kind in _KINDS.items()]
    path, kind = min(choices, key=lambda choice: choice[0].stat().st_size / (8 if choice[1] != "image/png" else 1))
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


_KINDS = {"svg": "image/svg+xml", "png": "image/png"}
