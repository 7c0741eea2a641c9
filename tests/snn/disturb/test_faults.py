"""Static faults: a network in, the same network on a worse chip out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import (
    IF,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    TernaryIF,
    ThresholdVariation,
    WeightBitFlips,
    WeightVariation,
    codebook,
    dense,
    simulate,
    sparse,
    with_faults,
)
from spikewright.weights import stored_values
from tests.snn.disturb.test_noise import draw_of

SEEDS = st.integers(0, 2**63 - 1)
FEW = settings(max_examples=25)
INTEGERS = np.array([[3, -4, 0, 7], [0, 1, -1, 2], [5, 0, 0, -7]], np.int8)


def network(storage, neuron=None, fixed=True):
    neuron = neuron or IF(20 if fixed else 1.25)
    bits = 12 if fixed else None
    parts = (
        Population("in", (4,), Source()), Population("a", (3,), neuron, potential_bits=bits),
        Population("out", (3,), Integrator(), potential_bits=bits),
    )  # fmt: skip
    back = Linear(dense(np.eye(3, dtype=np.int8) if fixed else np.eye(3, dtype=np.float32)))
    links = (Projection("in", "a", Linear(storage)), Projection("a", "out", back))
    return Network(parts, links, "in", "out", RateCode(5), numbers="fixed" if fixed else "float32")


def storages(kind="iu"):
    values = INTEGERS if kind == "iu" else (INTEGERS / 8).astype(np.float32)
    places = np.flatnonzero(values)
    table, indices = np.unique(values, return_inverse=True)
    return {
        "dense": dense(values),
        "sparse": sparse(values.shape, places, values.reshape(-1)[places]),
        "codebook": codebook(indices.reshape(values.shape).astype(np.uint8), table),
    }


def weights(net, place=0):
    return stored_values(net.projections[place].synapse.weights)


def spread(seed, stream, count):
    """Normal draws of sample 0 and step 0, from the published draws."""
    fields = [
        [draw_of(seed, stream + kind, 0, 0, n) >> low & 0xFFFF for kind in range(3) for low in (0, 16, 32, 48)]
        for n in range(count)
    ]
    return (np.sum(fields, axis=1) + 6) / 65536 - 6


@pytest.mark.parametrize("storage", storages())
@FEW
@given(seed=SEEDS)
def test_no_deviation_is_the_identity(storage, seed):
    for fixed in (True, False):
        plain = network(storages("iu" if fixed else "f")[storage], fixed=fixed)
        chip = with_faults(plain, [WeightVariation(0.0, seed), ThresholdVariation(0.0, seed)])
        np.testing.assert_array_equal(weights(chip), weights(plain))
        assert np.all(chip.by_name["a"].neuron.threshold == plain.by_name["a"].neuron.threshold)
    np.testing.assert_array_equal(
        weights(with_faults(network(storages()[storage]), WeightBitFlips(0.0, None, seed))), INTEGERS
    )


@pytest.mark.parametrize("storage", ["dense", "sparse"])
@FEW
@given(seed=SEEDS, deviation=st.floats(0, 3))
def test_pruned_weights_stay_pruned(storage, seed, deviation):
    varied = weights(with_faults(network(storages()[storage]), WeightVariation(deviation, seed)))
    assert np.all(varied[INTEGERS == 0] == 0)


@FEW
@given(SEEDS, st.floats(0, 2))
def test_weight_variation_follows_the_law(seed, deviation):
    n = spread(seed, 2**32, 12).reshape(3, 4)
    varied = weights(with_faults(network(dense(INTEGERS)), WeightVariation(deviation, seed)))
    np.testing.assert_array_equal(varied, np.floor(INTEGERS * (1 + deviation * n) + 0.5))
    real = with_faults(network(storages("f")["dense"], fixed=False), WeightVariation(deviation, seed))
    np.testing.assert_array_equal(weights(real), (INTEGERS / 8 * (1 + deviation * n)).astype(np.float32))


def test_a_codebook_varies_in_its_table():
    chip = with_faults(network(storages()["codebook"]), WeightVariation(0.5, 3))
    old, new = (part.projections[0].synapse.weights for part in (network(storages()["codebook"]), chip))
    assert new.index == old.index and new.table != old.table


@FEW
@given(SEEDS, st.floats(0, 2))
def test_threshold_variation_follows_the_law(seed, deviation):
    share = np.maximum(1 + deviation * spread(seed, 16 * 1 + 4, 3), 0.01)
    thresholds = np.array([1, 20, 2047])
    chip = with_faults(network(dense(INTEGERS), IF(thresholds)), ThresholdVariation(deviation, seed))
    wanted = np.clip(np.floor(thresholds * share + 0.5), 1, 2047)
    np.testing.assert_array_equal(chip.by_name["a"].neuron.threshold, wanted)
    real = with_faults(
        network(storages("f")["dense"], TernaryIF(0.5, 0.25), False), ThresholdVariation(deviation, seed)
    )
    np.testing.assert_array_equal(real.by_name["a"].neuron.threshold, (0.5 * share).astype(np.float32))
    np.testing.assert_array_equal(real.by_name["a"].neuron.negative, (0.25 * share).astype(np.float32))


@pytest.mark.parametrize("bits", [4, 5, 8])
@FEW
@given(seed=SEEDS, probability=st.floats(0, 1))
def test_flipping_twice_with_one_seed_is_the_identity(bits, seed, probability):
    flip = WeightBitFlips(probability, bits, seed)
    once = with_faults(network(dense(INTEGERS)), flip)
    assert -(2 ** (bits - 1)) <= weights(once).min() <= weights(once).max() < 2 ** (bits - 1)
    np.testing.assert_array_equal(weights(with_faults(once, flip)), INTEGERS)


def test_flips_follow_the_law_bit_by_bit():
    flipped = weights(with_faults(network(dense(INTEGERS)), WeightBitFlips(0.3, 6, seed=8))).reshape(-1)
    for place, word in enumerate(INTEGERS.reshape(-1)):
        for bit in range(6):
            hit = draw_of(8, 2**32 + 3 + bit, 0, 0, place) < int(0.3 * 2**64)
            assert (int(word) >> bit & 1) ^ hit == int(flipped[place]) >> bit & 1


def test_all_bits_of_the_narrowest_word():
    """-7 to 7 lie in 4 bits; every bit flipped is -1 - w. A sparse memory has no word for what was pruned."""
    np.testing.assert_array_equal(weights(with_faults(network(dense(INTEGERS)), WeightBitFlips(1.0))), -1 - INTEGERS)
    sparse = weights(with_faults(network(storages()["sparse"]), WeightBitFlips(1.0)))
    np.testing.assert_array_equal(sparse, np.where(INTEGERS == 0, 0, -1 - INTEGERS))


def test_an_index_beyond_the_table_reads_its_last_entry():
    # -7 -4 -1 0 1 2 3 5 7 are nine entries, words of 4 bits; all flipped: index i becomes 15 - i, at most 8; entry w is -1 - w
    chip = with_faults(network(storages()["codebook"]), WeightBitFlips(1.0))
    table = np.unique(INTEGERS)
    assert table.size == 9
    np.testing.assert_array_equal(weights(chip), -1 - table[np.minimum(15 - np.searchsorted(table, INTEGERS), 8)])


def test_faults_name_what_they_hit():
    net = network(dense(INTEGERS))
    chip = with_faults(net, [WeightVariation(9.0, 1, ("a->out",)), ThresholdVariation(1.0, 1, ("out",))])
    np.testing.assert_array_equal(weights(chip), INTEGERS)
    assert np.any(weights(chip, 1) != weights(net, 1))
    assert np.all(chip.by_name["a"].neuron.threshold == 20)


def test_simulate_runs_the_faulty_chip():
    net, images = network(dense(INTEGERS)), np.random.default_rng(0).random((4, 4))
    faults = [ThresholdVariation(0.3, 5), WeightBitFlips(0.1, None, 6), WeightVariation(0.2, 7)]
    one = simulate(net, images, noise=faults, engine="reference")
    other = simulate(with_faults(net, faults), images, engine="reference")
    np.testing.assert_array_equal(one.logits_over_time, other.logits_over_time)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (WeightBitFlips(0.1, 3), "at least 4 bits"),
        (WeightVariation(0.1, 0, ("nowhere",)), "names of projections"),
        (ThresholdVariation(0.1, 0, ("nobody",)), "names of populations"),
    ],
)
def test_faults_that_do_not_fit(fault, message):
    with pytest.raises(InvalidInput, match=message):
        simulate(network(dense(INTEGERS)), np.zeros((1, 4)), noise=fault, engine="reference")


def test_real_weights_have_no_bits():
    with pytest.raises(InvalidInput, match="integer weights"):
        with_faults(network(storages("f")["dense"], fixed=False), WeightBitFlips(0.1))


@pytest.mark.parametrize("engine", ["event", "reference"])
@pytest.mark.parametrize("shift", [60, 59])
def test_sums_that_no_integer_can_hold(shift, engine):
    """14 << 60 is beyond 63 bits; 14 << 59 is not, but two such inputs to one population are."""
    wide = network(dense(INTEGERS.astype(np.int64) << shift))
    twice = replace(wide.projections[0], name="again")
    wide = replace(wide, projections=(*wide.projections, twice))
    with pytest.raises(InvalidNetwork, match=r"2\*\*63"):
        simulate(wide, np.ones((1, 4)), engine=engine)
