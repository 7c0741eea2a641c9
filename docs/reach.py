"""The rows of `make reach` as a section of docs/architectures.md."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.reach.rows import MOST_MORE_MB, MOST_SECONDS, MOST_TIMES_WEIGHTS, ReachRow

SHOWN = 4
"""Obstacles of one network that are written out."""
LONGEST = 110
INTRODUCTION = f"""
## Networks of timm and torchvision

Written by `make reach`, which takes timm from the package index into this project's environment: each network in a process of
its own, at full width and depth, with a head for 1,000 classes. Weights are drawn, batch norms have scales of both signs and
statistics near those of what they see. *Error*: of `Ttfs(ranges="interval")` with float32 weights on one image, relative to
how far the answers to four images lie from their mean; up to 1e-4 it is *equal*. *Seconds* of one processor and *memory* above
the model's own, in times its weights, are those of `convert` without the run for its verdict; a row over {MOST_SECONDS:.0f} s
is *too slow*, one over {MOST_TIMES_WEIGHTS:.0f} times the weights and {MOST_MORE_MB / 1000:.0f} GB *too large*. *Computes
besides*: what the network does that is no linear map, clipped ReLU, pool or selection, with how often, seen in the operators
that torch calls while it runs, whatever this project says of it. *List verified*: all that the refusal lists was replaced, and
reading again refused nothing.
"""


def section(rows: Sequence[ReachRow]) -> Iterator[str]:
    """The lines of the section."""
    yield INTRODUCTION
    yield from _counts(rows)
    yield "\n### Converted\n"
    yield from _table([row for row in rows if row.error is not None])
    yield "\n### Refused, or not converted\n"
    yield from _refusals([row for row in rows if row.error is None])


def _counts(rows: Sequence[ReachRow]) -> Iterator[str]:
    yield f"{len(rows)} networks, read at commit {', '.join(dict.fromkeys(row.commit for row in rows))}:\n"
    yield "| | plain: linear maps, clipped ReLUs, pools, selections | others |\n| --- | --- | --- |"
    for result in dict.fromkeys(("equal", "refused", *(row.result for row in rows))):
        plain, others = ([row for row in rows if row.result == result and row.plain is kind] for kind in (True, False))
        yield f"| {result} | {len(plain)} | {len(others)} |"


def _table(rows: Iterable[ReachRow]) -> Iterator[str]:
    yield "| network | of | pixels | result | populations | neurons | error | seconds | memory |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        size = f"{row.populations} | {row.neurons or 0:,} | {row.error or 0:.1e}"
        yield f"| {row.name} | {row.library} | {row.pixels} | {row.result} | {size} | {_cost(row)} |"


def _refusals(rows: Iterable[ReachRow]) -> Iterator[str]:
    yield "| network | of | pixels | result | computes besides | the refusal lists | list verified | seconds | memory |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        verified = {None: "", True: "yes", False: "**no**"}[row.verified]
        told = _listed(row.obstacles) or _short(row.detail)
        about = f"{row.name} | {row.library} | {row.pixels} | {row.result} | {_listed(row.functions)}"
        yield f"| {about} | {cell(told)} | {verified} | {_cost(row)} |"


def _cost(row: ReachRow) -> str:
    if row.seconds is None or row.memory_mb is None or not row.weights_mb:
        return " | "
    return f"{row.seconds:.1f} | {row.memory_mb / row.weights_mb:.1f}"


def _listed(counted: Mapping[str, int]) -> str:
    """The most frequent ones first, the rest as a number."""
    first = Counter(counted).most_common()
    told = [f"{_short(what)} ({count})" if count > 1 else _short(what) for what, count in first[:SHOWN]]
    return "; ".join(told) + (f"; {len(first) - SHOWN} more" if len(first) > SHOWN else "")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 4].rstrip() + " ..."


def cell(text: str) -> str:
    """Text that may stand in a table."""
    return text.replace(" | ", "; ").replace("|", "\\|").replace("\n", " ")
