"""What the engine is measured by alone ends with status 1 where spikes differ, or a size is missing."""

from pathlib import Path

import pytest

from benchmarks import engine_alone
from benchmarks.options import Options
from spikewright import Table

OPTIONS = Options(("small-digits",), None, Path("unused"), (7,), 64, 128, 3, 2, True, Path("unused"))


@pytest.mark.parametrize(("apart", "status"), [((None, 0.0, 0.5), 0), ((None, 1.0), 1), ((None,), 0)])
def test_images_whose_counts_differ(
    apart: tuple[float | None, ...], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Table.of({"axis": "batch", "runner": "event fixed", "images_with_other_counts": one} for one in apart)
    monkeypatch.setattr(engine_alone, "measured", lambda options, wanted: rows)
    monkeypatch.setattr(engine_alone, "publish", lambda *published: None)
    assert engine_alone.sweeps(OPTIONS) == status


@pytest.mark.parametrize("missing", [0, 1])
def test_each_size_is_there(missing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quick run has two sizes."""
    rows = [{"synaptic_operations": 10.0**n, "simulate_s": 10.0**n, "steps": 8} for n in range(2 - missing)]
    monkeypatch.setattr(engine_alone, "measured", lambda options, wanted: Table.of(rows))
    captions: list[str] = []
    monkeypatch.setattr(engine_alone, "publish", lambda output, name, table, panels, caption: captions.append(caption))
    monkeypatch.setattr("benchmarks.scale.meets", lambda row: True)
    assert engine_alone.scale(OPTIONS) == missing
    assert ("log-log slope of time against operations 1.000" in captions[0]) == (not missing)
