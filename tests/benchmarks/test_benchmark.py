"""A benchmark is measured once for each commit and setting, with its own threads; one that fails is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch

from benchmarks.benchmark import Benchmark, measured
from benchmarks.options import Options
from spikewright import MissingTool

COMMIT, OTHER = "0" * 40, "1" * 40
CALLS: list[int] = []


@dataclass(frozen=True)
class Counted(Benchmark):
    """How often it was measured.

    number: what is told of it.
    """

    version: ClassVar[int] = 1
    number: int = 0

    def rows(self, data: str | None) -> Iterator[dict[str, Any]]:
        if self.number < 0:
            raise MissingTool("expected a tool, got none")
        CALLS.append(self.number)
        yield {"number": self.number, "threads": torch.get_num_threads(), "data": data}


def options(output: Path, *, threads: int = 1, data: Path | None = None) -> Options:
    return Options((), data, output, (), 1, 1, 1, threads, True, output)


@pytest.fixture(autouse=True)
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    CALLS.clear()
    monkeypatch.setattr("benchmarks.benchmark.current_commit", lambda: COMMIT)


def test_one_commit_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wanted in ([1], [1, 2]):
        table = measured(options(tmp_path), [Counted(number) for number in wanted])
        assert table["number"] == wanted
    assert CALLS == [1, 2]
    monkeypatch.setattr("benchmarks.benchmark.current_commit", lambda: OTHER)
    measured(options(tmp_path), [Counted(1)])
    assert CALLS == [1, 2, 1]
    for commit in (f"{OTHER}, changed", "unknown"):
        monkeypatch.setattr("benchmarks.benchmark.current_commit", lambda commit=commit: commit)
        measured(options(tmp_path), [Counted(1)])
        measured(options(tmp_path), [Counted(1)])
    assert CALLS == [1, 2, 1, 1, 1, 1, 1]


def test_torch_has_the_threads_that_were_asked_for(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    (row,) = measured(options(tmp_path, threads=2, data=tmp_path), [Counted()])
    assert row == {"number": 0, "threads": 2, "data": str(tmp_path)} and torch.get_num_threads() == before


def test_what_fails_is_told_and_the_others_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert measured(options(tmp_path), [Counted(-1), Counted(3)])["number"] == [3]
    assert capsys.readouterr().err == "error: expected a tool, got none\n"
    with pytest.raises(MissingTool, match="expected a tool"):
        measured(options(tmp_path), [Counted(-1)])
