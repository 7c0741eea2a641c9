"""What was found about each architecture, and the file that keeps it: docs/results/reach.json."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spikewright import Kind, atomic_path
from spikewright.kinds import holds

RESULTS = Path(__file__).parents[2] / "docs" / "results" / "reach.json"
MARK = "the reach of conversion"
FILE = Kind("the rows of `make reach`", holds(MARK.encode()))
MOST_SECONDS = 60.0
MOST_TIMES_WEIGHTS, MOST_MORE_MB = 3.0, 1000.0
LARGEST_ERROR = 1e-4


@dataclass(frozen=True)
class ReachRow:
    """One architecture at one commit.

    `result`: "equal", "wrong" (the answers differ by more than 1e-4 of their range), "refused", "too slow" (over 60 s of
    processor time), "too large" (over three times the weights and 1 GB) or "broken" (another error than a refusal).
    `error`: of `Ttfs` on one image, relative to how far the answers to four images lie from their mean. `seconds` of
    processor time, and `memory_mb` above what the model itself takes, are those of `convert`. `obstacles`: what the refusal
    lists, with how often; `detail`: the first layer of them, or what broke. `functions`: what the network computes besides
    linear maps, clipped ReLUs, pools and selections, with how often it was called. `verified`: whether nothing new was
    refused after all that the list names was replaced; None where that was not tried.
    """

    name: str
    family: str
    library: str
    pixels: int
    commit: str
    result: str
    error: float | None = None
    seconds: float | None = None
    memory_mb: float | None = None
    weights_mb: float | None = None
    populations: int | None = None
    neurons: int | None = None
    obstacles: Mapping[str, int] = field(default_factory=dict)
    functions: Mapping[str, int] = field(default_factory=dict)
    verified: bool | None = None
    detail: str = ""

    @property
    def plain(self) -> bool:
        """Whether it consists of linear maps, clipped ReLUs, pools and selections only."""
        return not self.functions


def key(library: str, name: str) -> str:
    """What names an architecture in the file."""
    return f"{library}:{name}"


def load(path: Path = RESULTS) -> dict[str, ReachRow]:
    """The rows that are kept, by `key`; none where there is no file."""
    if not path.exists():
        return {}
    listed: list[dict[str, Any]] = json.loads(path.read_text())["rows"]
    return {key(one["library"], one["name"]): ReachRow(**one) for one in listed}


def save(rows: Iterable[ReachRow], path: Path = RESULTS) -> None:
    """Write all rows, sorted as they come."""
    lines = ",\n".join(json.dumps(_short(asdict(row))) for row in rows)
    with atomic_path(path, FILE) as temporary:
        temporary.write_text(f'{{"about": "{MARK}, written by make reach",\n"rows": [\n{lines}\n]}}\n')


def _short(given: dict[str, Any]) -> dict[str, Any]:
    """Numbers with the digits that mean something, and only what was found."""
    rounded = {k: float(f"{v:.3g}") if isinstance(v, float) else v for k, v in given.items()}
    return {k: v for k, v in rounded.items() if v not in (None, {}, "")}
