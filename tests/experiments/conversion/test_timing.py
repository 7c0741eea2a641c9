"""The command that measures exact times."""

import json
from pathlib import Path

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


def test_exact_times_predict_what_the_model_predicts(tmp_path: Path) -> None:
    main, arguments = ASKED["timing"]
    assert main([*arguments, "--output", str(tmp_path)]) == 0
    found = values(tmp_path)
    exact = found["small-digits-exact"]
    assert exact["differing"] == [] and exact["ann_accuracy"] == exact["ttfs_accuracy"] > 0.9
    assert {row["population"] for row in exact["clipped"]} and exact["spikes_per_neuron"] < 1
    assert found["small-digits-8-bits"]["bits"] == 8
