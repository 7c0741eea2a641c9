"""What a technique saves and costs, in words: what each core stores, how long it works, its energy, and why the two differ."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spikewright.hardware.costs.core_cost import FORMAL, SPIKE

Costs = Mapping[str, Any]
"""A row of the table."""
Pair = Mapping[str, Costs]
"""The rows of a technique, by the name of the core."""
NOTICED = 0.02
"""A smaller share is told as nothing."""
APART = 0.1
"""Shares that differ by more ask for a reason."""
MUCH = 0.2
"""So much of a memory that is an index is worth a word."""
TOLD = {"weight_memory_bits": "weight memory", "latency_cycles": "cycles", "lut": "LUTs", "fpga_energy_uj": "energy"}


def verdicts_of(rows: Iterable[Costs]) -> dict[str, str]:
    """By technique, what its rows say beside those of the first one."""
    pairs: dict[str, dict[str, Costs]] = {}
    for row in rows:
        pairs.setdefault(row["technique"], {})[row["core"]] = row
    before = next(iter(pairs.values()), {})
    return {name: verdict_of(before, pair) for name, pair in pairs.items()}


def verdict_of(before: Pair, after: Pair) -> str:
    """A sentence for each core of a technique, beside the same core of the uncompressed network, and the reasons."""
    if after is before:
        return " ".join(_first(core, one) for core, one in after.items())
    told = [_of_core(core, before.get(core), one) for core, one in after.items()]
    return " ".join([*told, *_accuracies(before, after), *_reasons(before, after)])


def _first(core: str, one: Costs) -> str:
    """What the uncompressed core takes."""
    if one["refused"]:
        return _refused(core, one)
    right = "" if one["accuracy"] is None else f", and is right on {100 * one['accuracy']:.1f} %"
    return (
        f"The {core} takes {one['weight_memory_bits'] / 8192:,.1f} KiB of weight memory, {one['lut']:,.0f} LUTs,"
        f" {one['latency_cycles']:,.0f} cycles and {short(one['fpga_energy_uj'])} µJ an image{right}."
    )


def _of_core(core: str, before: Costs | None, after: Costs) -> str:
    if after["refused"]:
        return _refused(core, after)
    if before is None or before["refused"]:
        return _first(core, after)
    saved = _saved(before, after)
    less = [f"{_percent(share)} of the {TOLD[name]}" for name, share in saved.items() if share >= NOTICED]
    more = [f"{_percent(-share)} more {TOLD[name]}" for name, share in saved.items() if share <= -NOTICED]
    same = [TOLD[name] for name, share in saved.items() if abs(share) < NOTICED]
    parts = [f"saves {_joined(less)}" if less else "", f"takes {_joined(more)}" if more else ""]
    told = " and ".join(part for part in parts if part)
    stay = "stays" if same in (["weight memory"], ["energy"]) else "stay"
    return f"The {core} {told or 'saves and costs nothing'}{f'; {_joined(same)} {stay}' if same and told else ''}."


def _saved(before: Costs, after: Costs) -> dict[str, float]:
    """The share of each measure that is told."""
    return {name: 1 - after[name] / before[name] for name in TOLD if before[name]}


def _accuracies(before: Pair, after: Pair) -> Iterator[str]:
    told = []
    for core, (old, new) in _both(before, after).items():
        if None not in (old["accuracy"], new["accuracy"]):
            change = 100 * (new["accuracy"] - old["accuracy"])
            told.append(f"{100 * new['accuracy']:.1f} % ({change:+.1f}) as a {core}")
    if told:
        yield f"Accuracy: {_joined(told)}."


def _reasons(before: Pair, after: Pair) -> Iterator[str]:
    """Why cycles do not follow the weights, where they do not."""
    known = _both(before, after)
    if SPIKE in known:
        yield from _spike_reasons(*known[SPIKE])
    if FORMAL in known:
        yield from _formal_reasons(*known[FORMAL])
    tables = max((_share_of_tables(one) for _, one in known.values()), default=0.0)
    if tables > MUCH:
        yield f"Each lane has a table of the shared weights; they take up to {_percent(tables)} of the weight memory."
    if known and all(_resolved(*pair) for pair in known.values()):
        yield (
            "A core stores the weights as they come out, as many as before and as wide; factors, and what else makes a file "
            "smaller, are resolved before it is loaded."
        )
    if any(_narrower(*pair) for pair in known.values()):
        yield "Narrower weights are read in as many cycles."


def _spike_reasons(before: Costs, after: Costs) -> Iterator[str]:
    left = after["survivors"] / max(before["survivors"], 1)
    each = after["additions"] * before["events"] / max(after["events"] * before["additions"], 1e-9)
    if left < 1 - APART and each > left + APART:
        yield (
            f"The weights that are left, {_percent(left)}, lie where spikes come from: an event is still added to"
            f" {_percent(each)} of as many neurons."
        )
    index = after["index_bits"] / max(after["weight_memory_bits"], 1)
    if index > MUCH:
        yield f"{_percent(index)} of its weight memory says which weights are stored."
    events = after["events"] / max(before["events"], 1e-9)
    if abs(events - 1) > APART:
        yield f"Its layers send {_percent(events)} of as many events."


def _formal_reasons(before: Costs, after: Costs) -> Iterator[str]:
    left, rows = (after[name] / max(before[name], 1) for name in ("survivors", "weight_rows"))
    if left < rows - APART and not _narrower(before, after):
        many = "none is" if rows > 1 - NOTICED else f"{_percent(1 - rows)} are"
        yield f"The CNN core leaves a row of weights out only where it is zero in all lanes, which {many}."


def _share_of_tables(one: Costs) -> float:
    return float(one["codebook_bits"] / max(one["weight_memory_bits"], 1))


def _narrower(before: Costs, after: Costs) -> bool:
    """Whether as many rows are stored in fewer bits, in as many cycles."""
    same = abs(1 - after["weight_rows"] / max(before["weight_rows"], 1)) < NOTICED
    return bool(
        same
        and after["weight_bits"] < before["weight_bits"]
        and abs(1 - after["latency_cycles"] / before["latency_cycles"]) < APART
    )


def _resolved(before: Costs, after: Costs) -> bool:
    """Whether as many weights take as much memory and as many cycles: nothing of a technique is left in the core."""
    names = ("weight_memory_bits", "survivors", "latency_cycles")
    return all(abs(1 - after[name] / max(before[name], 1)) < NOTICED for name in names)


def _both(before: Pair, after: Pair) -> dict[str, tuple[Costs, Costs]]:
    """Of each core that was built on both sides, its rows."""
    pairs = {core: (before[core], one) for core, one in after.items() if core in before}
    return {core: pair for core, pair in pairs.items() if not any(one["refused"] for one in pair)}


def _refused(core: str, one: Costs) -> str:
    reason = one["refused"]
    return f"There is no {core}: {reason}{'' if reason.endswith('.') else '.'}"


def short(value: float) -> str:
    """A number in three digits or more, never as a power of ten.

    >>> short(1583.2), short(14.23)
    ('1,583', '14.2')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _joined(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
