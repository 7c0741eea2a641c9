"""The sweep of rate codes."""

from pathlib import Path

import pytest

from tests.experiments.measuring.asking import SMALL, measured


def test_steps_are_all_steps_and_gaps_those_of_the_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = measured(tmp_path, "rate", *SMALL, "--steps", "4", "8", "--methods", "light", "COS")
    rows = {(row["steps"], row["method"]): row for row in found["rate"]}
    assert rows[8, "COS"]["levels"] == 6 and rows[8, "light"]["levels"] == 8 and len(rows) == 4
    assert rows[4, "light"]["spikes_per_neuron"] < rows[8, "light"]["spikes_per_neuron"]
    assert all(row["images"] == 30 and row["network"] == "small-digits" and row["commit"] for row in rows.values())
    (own,) = found["accuracy"]
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    (light, *_) = (line for line in lines if line[:1] == ["light"])
    gap = 100 * (rows[4, "light"]["accuracy"] - own["accuracy"])
    assert any(float(cell) == pytest.approx(gap, abs=0.01) for cell in light[1:3])
