"""The verdict of a study in sentences, made from its tables: nothing is said that the intervals do not carry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spikewright import Table
from spikewright.experiments.plots.style import percent
from spikewright.experiments.report.comparison import KIBIBYTE_BITS
from spikewright.experiments.report.core_verdict import core_finding
from spikewright.experiments.report.headlines import choice
from spikewright.experiments.report.robust_verdict import robust_findings
from spikewright.experiments.report.standings import Ranking, accuracies, bounded, cheapest_designs, ranking
from spikewright.experiments.report.wording import NARROW, amount, estimate, interval, listed, times
from spikewright.hardware.costs.verdicts import verdicts_of

Tables = Mapping[str, Table]


@dataclass(frozen=True)
class Finding:
    """One sentence or a few about one `topic`, such as "Most accurate: rate"."""

    topic: str
    text: str


def verdict(tables: Tables) -> tuple[Finding, ...]:
    """What the study has found, as far as it has the tables for it."""
    made = [Finding(topic, text) for each in _PARTS for topic, text in each(tables)]
    return tuple(made)


def _build(tables: Tables) -> Iterator[tuple[str, str]]:
    """The cheapest design among the networks that are as accurate as the best."""
    if not {"accuracy", "hardware"} <= set(tables):
        return
    chosen = choice(tables)
    if chosen is None:
        yield "Build none yet", "No network that is as accurate as the best has a design that fits the device."
        return
    energy, latency = (bounded(chosen.design, value) for value in ("fpga_energy_uj", "latency_us"))
    close = [f"{one.name} ({amount(one.value)}{NARROW}µJ)" for one in chosen.close if one.level_with(energy)]
    yield (
        f"Build {chosen.accuracy.name}",
        "Of the networks that are as accurate as the best, as far as the test images tell, it takes the least energy: "
        f"{estimate(energy, 'µJ')} and {estimate(latency, 'µs')} for an inference on {chosen.design['device']}, estimated."
        + (f" Close to it, bounds overlap: {listed(close)}." if close else ""),
    )


def _accurate(tables: Tables) -> Iterator[tuple[str, str]]:
    if "accuracy" not in tables:
        yield "Most accurate", "No accuracy has been measured yet."
        return
    found = ranking(accuracies(tables["accuracy"]))
    images = max(tables["accuracy"]["samples"])
    told = f"It answers {interval(found.first)} of {images:,} test images right"
    yield f"Most accurate: {found.first.name}", f"{told}. {_apart(found, f'{images:,} images')}"


def _apart(found: Ranking, by: str) -> str:
    """Who is level with the first and who is behind."""
    told = []
    if found.level:
        names = listed([f"{one.name} ({percent(one.value)})" for one in found.level])
        told.append(f"Within its interval: {names}; {by} do not tell them apart.")
    if found.behind:
        told.append(
            f"Behind it, intervals apart: {listed([f'{one.name} ({percent(one.value)})' for one in found.behind])}."
        )
    return " ".join(told) or "There is no other to compare it with."


def _robust(tables: Tables) -> Iterator[tuple[str, str]]:
    if "robustness" in tables:
        yield from robust_findings(tables["robustness"])


def _small(tables: Tables) -> Iterator[tuple[str, str]]:
    """Weights are counted, so that there is no interval."""
    if "footprint" not in tables:
        return
    table = tables["footprint"]
    seeds = len(set(table["seed"])) if "seed" in table.columns else 1
    sizes = {}
    for name in dict.fromkeys(table["network"]):
        rows = list(table.where(network=name))
        sizes[name] = [sum(row[column] for row in rows) / seeds for column in ("after_bits", "before_bits")]
    name, (after, before) = min(sizes.items(), key=lambda each: each[1][0])
    others = [f"{other} ({after_ / KIBIBYTE_BITS:.3g} KiB)" for other, (after_, _) in sizes.items() if other != name]
    told = f" Larger: {listed(others)}." if others else " The networks converted from it carry the same weights."
    yield (
        f"Smallest: {name}",
        f"{after / KIBIBYTE_BITS:.3g} KiB with indices and scales counted, {times(before / after)} less than the "
        f"{before / KIBIBYTE_BITS:.3g} KiB of float32.{told}{_price(tables, name)}",
    )


def _price(tables: Tables, name: str) -> str:
    """What compression did to accuracy."""
    found = {one.name: one for one in accuracies(tables["accuracy"])} if "accuracy" in tables else {}
    if not {"ann", name} <= set(found):
        return ""
    small, own = found[name], found["ann"]
    how = "which the test images do not tell from" if small.level_with(own) else "intervals apart from"
    return f" It answers {percent(small.value)} right, {how} the {percent(own.value)} of the network before."


def _cheap(tables: Tables) -> Iterator[tuple[str, str]]:
    if "hardware" not in tables:
        return
    designs = cheapest_designs(tables["hardware"])
    device = tables["hardware"]["device"][0]
    if not designs:
        yield "Cheapest", f"No design point of any network fits {device}."
        return
    found = ranking([bounded(row, "fpga_energy_uj") for row in designs.values()], largest=False)
    told = f"{estimate(found.first, 'µJ')} per inference on {device}, estimated, by its best design that fits."
    level, behind = (
        listed([f"{one.name} ({amount(one.value)}{NARROW}µJ)" for one in several]) if several else ""
        for several in (found.level, found.behind)
    )
    told += f" Bounds overlap with {level}: the order is not certain." if level else ""
    told += f" Dearer, bounds apart: {behind}." if behind else ""
    yield f"Cheapest: {found.first.name}", told


def _core(tables: Tables) -> Iterator[tuple[str, str]]:
    if "hardware" in tables and "accuracy" in tables:
        yield from core_finding(tables["hardware"], tables["accuracy"])


def _costs(tables: Tables) -> Iterator[tuple[str, str]]:
    """What each technique saves as a core; of the first seed."""
    if "costs" in tables:
        rows = tables["costs"]
        first = rows["seed"][0] if "seed" in rows.columns else None
        for name, told in verdicts_of(row for row in rows if row.get("seed") == first).items():
            yield f"On an FPGA: {name}", told


_PARTS = (_build, _accurate, _robust, _small, _cheap, _core, _costs)
