"""The sweep that trains for few spikes."""

from pathlib import Path

from tests.experiments.measuring.asking import measured


def test_a_penalty_makes_fewer_spikes(tmp_path: Path) -> None:
    asked = "--epochs 1 --train 64 --images 30 --activity 0 0.3 --tune 32 --levels 3".split()
    found = measured(tmp_path, "sparse", *asked)
    plain, fewer = found["sparse"]
    assert fewer["spikes_per_neuron"] < plain["spikes_per_neuron"] <= 1 and fewer["activity"] == 0.3
    assert plain["predicted_otherwise"] == 0 and 0 <= plain["tuned_accuracy"] <= 1
    assert plain["ann_accuracy"] == found["accuracy"]["accuracy"][0] and len(found["training"]) == 2
