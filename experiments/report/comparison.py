"""The networks of a study side by side: what each is worth and what it costs, and which is best at what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from spikewright import Table
from spikewright.experiments.report.robust_verdict import robust_standings
from spikewright.experiments.report.standings import Standing, accuracies, bounded, cheapest_designs, ranking
from spikewright.experiments.report.wording import amount
from spikewright.experiments.studies.spec import Study

MOST = 24
"""Networks that a page compares so."""
KIBIBYTE_BITS = 8192
BEST, LEVEL = "best", "level"


@dataclass(frozen=True)
class Bounded:
    """A value in words with its bounds, such as "98.9" and "97.4 to 99.5"; `place`: "best", "level" with the best, or ""."""

    value: str
    bounds: str = ""
    place: str = ""


@dataclass(frozen=True)
class Comparison:
    """A row for each network: its name, what it is, and a measured value for each of `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Bounded, ...]], ...]


def compared(study: Study, tables: Mapping[str, Table]) -> Comparison | None:
    """The networks that have an accuracy, the model first; None for fewer than two of them."""
    kinds = (
        dict(zip(*(tables["accuracy"][name] for name in ("network", "kind")), strict=True))
        if "accuracy" in tables
        else {}
    )
    names = list(kinds)[:MOST]
    if len(names) < 2:
        return None
    columns = {title: marked(found, largest) for title, largest, found in _columns(study, tables, names) if found}
    rows = ((name, kinds[name], tuple(each.get(name, Bounded("")) for each in columns.values())) for name in names)
    return Comparison(tuple(columns), tuple(rows))


def _columns(
    study: Study, tables: Mapping[str, Table], names: Iterable[str]
) -> Iterator[tuple[str, bool, list[Standing]]]:
    """Title, whether the largest value is best, and the values."""
    yield "accuracy (%)", True, _shares(accuracies(tables["accuracy"]))
    harm = tables["robustness"] if "robustness" in tables else Table((), ())
    for kind, title in (("attack", "right under attack (%)"), ("noise", "right under noise (%)")):
        yield title, True, _shares(robust_standings(harm, kind)[0])
    yield "weights (KiB)", False, list(_sizes(study, tables, names))
    designs = list(cheapest_designs(tables["hardware"]).values()) if "hardware" in tables else []
    for column, title in (("fpga_energy_uj", "energy (µJ)"), ("latency_us", "latency (µs)"), ("lut", "area (LUT)")):
        yield title, False, [bounded(row, column) for row in designs]


def _shares(standings: Iterable[Standing]) -> list[Standing]:
    return [Standing(one.name, 100 * one.value, 100 * one.low, 100 * one.high) for one in standings]


def _sizes(study: Study, tables: Mapping[str, Table], names: Iterable[str]) -> Iterator[Standing]:
    """Of the model, of what was compressed, and of what was converted from either."""
    if "footprint" not in tables:
        return
    bits: dict[str, float] = {}
    rows = list(tables["footprint"])
    first = [row for row in rows if row.get("seed") == rows[0].get("seed")]
    for name in dict.fromkeys(row["network"] for row in first):
        mine = [row for row in first if row["network"] == name]
        bits[name], bits["ann"] = (sum(row[column] for row in mine) for column in ("after_bits", "before_bits"))
    last = study.compressions[-1].name if study.compressions else "ann"
    sources = {part.name: part.source or last for part in study.conversions}
    for name in names:
        if (found := bits.get(sources.get(name, name))) is not None:
            size = found / KIBIBYTE_BITS
            yield Standing(name, size, size, size)


def marked(standings: list[Standing], largest: bool) -> dict[str, Bounded]:
    """The values by name; with more than one, the best and those whose bounds overlap its bounds are marked."""
    places = {}
    if len({one.value for one in standings}) > 1:
        found = ranking(standings, largest=largest)
        places = {one.name: LEVEL for one in found.level}
        places |= {one.name: BEST for one in standings if one.value == found.first.value}
    return {one.name: Bounded(shown(one.value), _bounds(one), places.get(one.name, "")) for one in standings}


def _bounds(one: Standing) -> str:
    return "" if one.low == one.high else f"{shown(one.low)} to {shown(one.high)}"


def shown(value: float) -> str:
    """Three digits."""
    return f"{value:.1f}" if 10 <= value < 100 else amount(value)
