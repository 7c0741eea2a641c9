"""Which network holds best under attack and under noise, over the perturbations that all of them were put to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spikewright import Table
from spikewright.experiments.plots.robustness import title_and_unit
from spikewright.experiments.plots.style import percent
from spikewright.experiments.report.standings import Ranking, Standing, mean_standing, ranking
from spikewright.experiments.report.wording import interval, listed

Row = Mapping[str, Any]


def robust_findings(table: Table) -> Iterator[tuple[str, str]]:
    """A finding on attacks, one on noise and faults, and one where a transferred attack does more than the own one."""
    for kind, topic in (("attack", "Most robust under attack"), ("noise", "Most robust under noise")):
        standings, common = robust_standings(table, kind)
        if standings:
            yield _best(topic, standings, common)
        elif _harmed(table, kind):
            yield topic, "The networks were put to different perturbations, so that there is no common scale."
    yield from _masked([row for each in ("attack", "noise") for row in _harmed(table, each)])


def robust_standings(table: Table, kind: str) -> tuple[list[Standing], list[Row]]:
    """The mean accuracy of each model under what all were put to of a `kind`, "attack" or "noise", and the rows behind it.

    The mean over perturbations of the means over their strengths above 0; empty where all were put to no common one.
    """
    rows = _harmed(table, kind)
    names = list(dict.fromkeys(row["model"] for row in rows))
    put_to = {name: {_setting(row) for row in rows if row["model"] == name} for name in names}
    shared = set.intersection(*put_to.values()) if put_to else set()
    common = [row for row in rows if _setting(row) in shared]
    return [_over_all(name, common) for name in names if common], common


def _harmed(table: Table, kind: str) -> list[Row]:
    return [row for row in table if row["accuracy"] is not None and row["strength"] > 0 and row["kind"] == kind]


def _best(topic: str, standings: Sequence[Standing], common: Sequence[Row]) -> tuple[str, str]:
    found = ranking(standings)
    what = listed(list(dict.fromkeys(_called(row) for row in common)))
    told = f"It answers {interval(found.first)} right on average over {what} at all strengths above 0."
    others = _others(found) if len(standings) > 1 else " No other was put to them."
    return f"{topic}: {found.first.name}", told + others


def _setting(row: Row) -> tuple[str, float]:
    return row["perturbation"], row["strength"]


def _called(row: Row) -> str:
    """The name of a perturbation without its settings."""
    attack, _, source = row["perturbation"].partition(" from ")
    name = attack.partition("(")[0]
    return f"{name} made on {source}" if source else title_and_unit(str(name))[0]


def _over_all(name: str, rows: Iterable[Row]) -> Standing:
    """The mean over perturbations of the means over their strengths, so that a longer list of strengths weighs no more."""
    mine = [row for row in rows if row["model"] == name]
    groups = [[row for row in mine if row["perturbation"] == each] for each in {r["perturbation"] for r in mine}]
    means = [mean_standing(name, group) for group in groups]
    return mean_standing(name, [{"accuracy": one.value, "low": one.low, "high": one.high} for one in means])


def _others(found: Ranking) -> str:
    told = ""
    for several, how in ((found.level, "Within its interval"), (found.behind, "Behind, intervals apart")):
        if several:
            told += f" {how}: {listed([f'{one.name} ({percent(one.value)})' for one in several])}."
    return told


def _masked(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Models on which adversarials made elsewhere do more than their own: their gradients hide what they are."""
    own = {(row["model"], *_setting(row)): row for row in rows if " from " not in row["perturbation"]}
    names = []
    for row in rows:
        attack, _, source = row["perturbation"].partition(" from ")
        direct = own.get((row["model"], attack, row["strength"]))
        if source and direct is not None and row["high"] < direct["low"]:
            names.append(row["model"])
    if names:
        yield (
            "A caution",
            f"Adversarials made on another model do more harm to {listed(list(dict.fromkeys(names)))} than those made on "
            "it, intervals apart: its gradients hide weak places, and its own attacks say too little.",
        )
