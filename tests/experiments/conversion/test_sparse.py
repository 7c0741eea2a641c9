"""The command that trains for few spikes."""

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


def test_a_penalty_makes_fewer_spikes(tmp_path: Path) -> None:
    main, arguments = ASKED["sparse"]
    assert main([*arguments, "--output", str(tmp_path)]) == 0
    plain, fewer = (values(tmp_path)[f"digits-small-cnn-{name}"] for name in ("0-0", "0-3"))
    assert fewer["spikes_per_neuron"] < plain["spikes_per_neuron"] <= 1
    assert plain["differing"] == 0 and 0 <= plain["tuned_accuracy"] <= 1
