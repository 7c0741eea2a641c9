"""The command that measures rate codes."""

import json
from pathlib import Path

import pytest

from spikewright.experiments.conversion import codes, rate, sparse, timing

SMALL = ["--network", "small-digits", "--images", "30", "--quiet"]


ASKED = {
    "rate": (rate.main, [*SMALL, "--steps", "4", "8", "--methods", "light", "COS"]),
    "codes": (codes.main, [*SMALL, "--codes", "few spikes, 4 binary", "TTFS, exact", "latency, 64 steps"]),
    "timing": (timing.main, [*SMALL, "--bits", "4", "8"]),
    "sparse": (
        sparse.main,
        "--quiet --epochs 1 --train 64 --images 30 --activity 0 0.3 --tune 32 --levels 3".split(),
    ),
}


def values(folder: Path) -> dict[str, dict]:
    return {path.stem.rpartition("-")[0]: json.loads(path.read_text())["values"] for path in folder.glob("*.json")}


def test_rate_steps_are_all_steps_and_gaps_those_of_the_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main, arguments = ASKED["rate"]
    assert main([*arguments, "--output", str(tmp_path)]) == 0
    found = values(tmp_path)
    assert found["small-digits-8-cos"]["steps"] == 8 and found["small-digits-8-cos"]["levels"] == 6
    assert found["small-digits-8-light"]["levels"] == 8
    assert found["small-digits-4-light"]["spikes_per_neuron"] < found["small-digits-8-light"]["spikes_per_neuron"]
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    (own, *_) = (line for line in lines if line[:3] == ["the", "model", "itself"])
    (light, *_) = (line for line in lines if line[:1] == ["light"])
    gap = 100 * (found["small-digits-4-light"]["accuracy"] - float(own[3]))
    assert any(float(cell) == pytest.approx(gap, abs=0.01) for cell in light[1:])
