"""A row says each measure with its bounds, and bounds hold what they bound."""

import numpy as np

from spikewright.hardware.costs.core_cost import SPIKE, CoreCost, CoreRefusal, NetworkRun
from spikewright.hardware.costs.equal_terms import EqualTerms
from spikewright.hardware.estimation import Estimator
from spikewright.shares import wilson
from spikewright.snn import simulate
from tests.hardware.small_networks import perceptron, pruned

IMAGES = np.random.default_rng(0).random((9, 40)).astype(np.float32)


def cost(labels: object = None) -> CoreCost:
    network = pruned(perceptron((40, 16, 8), steps=3), 5)
    activity = simulate(network, IMAGES)
    run = NetworkRun(network, activity, simulate(network, IMAGES[:2], record=("rasters",)), labels)
    return run.cost("pruned", SPIKE, EqualTerms(lanes=4).point(network), Estimator(network, activity))


def test_bounds_hold_their_values() -> None:
    row = cost(np.arange(9) % 8).row
    bounded = [name.removesuffix("_low") for name in row if name.endswith("_low")]
    assert {"accuracy", "lut", "ff", "latency_cycles", "fpga_energy_uj", "asic45_energy_nj"} <= set(bounded)
    assert all(row[f"{name}_low"] <= row[name] <= row[f"{name}_high"] for name in bounded)


def test_parts_of_the_weight_memory_add_up() -> None:
    one = cost()
    row = one.row
    assert row["weight_memory_bits"] == row["weight_bits"] + row["index_bits"] + row["codebook_bits"]
    assert row["memory_bits"] == one.bits.total
    assert one.survivors == -(-640 // 5) + -(-128 // 5)


def test_accuracy_with_and_without_labels() -> None:
    labels = np.arange(9) % 8
    one = cost(labels)
    assert one.right is not None
    assert (one.row["accuracy_low"], one.row["accuracy_high"]) == wilson(one.right, 9)
    assert one.accuracy == one.right / 9
    assert cost().row["accuracy"] is None


def test_the_energy_is_that_of_the_exact_cycles() -> None:
    one = cost()
    assert one.estimate.latency_cycles.value == one.cycles.latency.mean()
    assert one.estimate.layers[0].cycles == one.cycles.layers["h0"]


def test_a_refusal_has_a_reason_and_no_numbers() -> None:
    assert CoreRefusal("dense", SPIKE, "no").row == {"technique": "dense", "core": SPIKE, "refused": "no"}
