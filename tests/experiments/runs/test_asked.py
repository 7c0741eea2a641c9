"""Each cell comes after all that it needs; what is stored does not wait, what is damaged does."""

from pathlib import Path

import pytest

from spikewright.experiments.records.store import Store
from spikewright.experiments.runs.asked import waiting, with_needs
from spikewright.experiments.runs.state import RunState
from tests.experiments.runs.cheap import chain, cheap, numbers
from tests.experiments.runs.test_running import KIND, made


def test_each_cell_comes_once_and_after_what_it_needs() -> None:
    first = cheap("first")
    second, third = cheap("second", first), cheap("third", first)
    last = cheap("last", third)
    found = list(with_needs([last, second, second, first]).values())
    assert found == [first, third, last, second]
    assert with_needs([]) == {}
    deep = [cheap("0")]
    for number in range(1, 300):
        deep.append(cheap(str(number), deep[-1]))
    assert list(with_needs(deep[-1:]).values()) == deep


def test_what_is_stored_does_not_wait(tmp_path: Path) -> None:
    made(tmp_path, chain(3))
    state, store = RunState.begin({}), Store.claim(tmp_path, KIND)
    cells = with_needs([*chain(3), cheap("new")])
    assert [cell.label for cell in waiting(cells, store, state)] == ["Cheap new"]
    assert (state.cells, state.found, state.stored) == (len(cells), len(cells) - 1, len(cells) - 1)
    assert waiting({}, store, state) == [] and state.cells == len(cells)


@pytest.mark.parametrize("name", ["cell.json", "number.txt"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\x00\xff", None])
def test_damaged_cells_are_put_aside_and_made_anew(tmp_path: Path, name: str, content: bytes | None) -> None:
    first, second = cheap("first", value=3), cheap("x")
    second = cheap("second", first, value=4)
    made(tmp_path, [first])
    before = dict(numbers(tmp_path))
    path = tmp_path / "cells" / first.folder / name
    path.unlink() if content is None else path.write_bytes(content)
    state = made(tmp_path, [first, second])
    assert state.ending == "finished" and len(state.set_aside) == 1 and Path(state.set_aside[0]).is_dir()
    assert dict(numbers(tmp_path))[first.folder] == before[first.folder]
    assert (state.stored, state.cells) == (2, 2)
