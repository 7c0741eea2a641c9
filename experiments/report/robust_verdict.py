"""Which network holds best under attack and under noise, over the perturbations that all of them were put to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spikewright import Table
from spikewright.experiments.report.standings import Ranking, Standing, mean_standing, ranking
from spikewright.experiments.report.wording import interval, listed

Row = Mapping[str, Any]


def robust_findings(table: Table) -> Iterator[tuple[str, str]]:
    """A finding on attacks, one on noise and faults, and one where a transferred attack does more than the own one."""
    rows = [row for row in table if row["accuracy"] is not None and row["strength"] > 0]
    for kind, topic in (("attack", "Most robust under attack"), ("noise", "Most robust under noise")):
        mine = [row for row in rows if row["kind"] == kind]
        if mine:
            yield _best(topic, mine)
    yield from _masked(rows)


def _best(topic: str, rows: Sequence[Row]) -> tuple[str, str]:
    names = list(dict.fromkeys(row["model"] for row in rows))
    put_to = {name: {_setting(row) for row in rows if row["model"] == name} for name in names}
    shared = set.intersection(*put_to.values())
    if not shared:
        return topic, "The networks were put to different perturbations, so that there is no common scale."
    common = [row for row in rows if _setting(row) in shared]
    found = ranking([_over_all(name, common) for name in names])
    what = listed(list(dict.fromkeys(_called(row) for row in common)))
    told = f"It answers {interval(found.first)} right on average over {what} at all strengths above 0."
    others = _others(found) if len(names) > 1 else " No other was put to them."
    return f"{topic}: {found.first.name}", told + others


def _setting(row: Row) -> tuple[str, float]:
    return row["perturbation"], row["strength"]


def _called(row: Row) -> str:
    """The name of a perturbation without its settings."""
    attack, _, source = row["perturbation"].partition(" from ")
    name = attack.partition("(")[0]
    return f"{name} transferred from {source}" if source else str(name)


def _over_all(name: str, rows: Iterable[Row]) -> Standing:
    """The mean over perturbations of the means over their strengths, so that a longer list of strengths weighs no more."""
    mine = [row for row in rows if row["model"] == name]
    groups = [[row for row in mine if row["perturbation"] == each] for each in {r["perturbation"] for r in mine}]
    means = [mean_standing(name, group) for group in groups]
    return mean_standing(name, [{"accuracy": one.value, "low": one.low, "high": one.high} for one in means])


def _others(found: Ranking) -> str:
    told = ""
    if found.level:
        told += f" Within its interval: {listed([f'{one.name} ({interval(one)})' for one in found.level])}."
    if found.behind:
        told += f" Behind, intervals apart: {listed([f'{one.name} ({interval(one)})' for one in found.behind])}."
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
