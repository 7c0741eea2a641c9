"""Synapses on the reference engine against torch and numpy, and what their spikes cost."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn import Conv1d, ConvTranspose2d, Direct, Integrator, RateCode, Upsample, dense
from tests.snn.small import reference, single

functional = torch.nn.functional
SEEDS = st.integers(0, 99)
SMALL = st.integers(1, 3)
PAIRS = st.tuples(SMALL, SMALL)
PADS = st.tuples(st.integers(0, 1), st.integers(0, 1))
GROUPS = st.sampled_from([1, 2])


def dyadic(random, *shape):
    return random.integers(-8, 9, shape) / 16


def potentials(synapse, images, shape):
    network = single((images.shape[1:], tuple(shape)), Integrator(), synapse, Direct(1))
    return reference(network, images).potentials["a"][0]


def transposed(random, kernel, groups):
    """Weights `(out, in / groups, ...)` and the same in torch's layout `(in, out / groups, ...)`, for 4 -> 6 channels."""
    ours = dyadic(random, 6, 4 // groups, *kernel)
    parts = [part.swapaxes(0, 1) for part in np.split(ours, groups)]
    return ours.astype(np.float32), np.concatenate(parts)


@given(PAIRS, PAIRS, PADS, PAIRS, GROUPS, SEEDS)
def test_transposed_convolution_is_torchs(kernel, stride, padding, dilation, groups, seed):
    random = np.random.default_rng(seed)
    images = dyadic(random, 2, 4, 4, 5)
    ours, theirs = transposed(random, kernel, groups)
    more = tuple(int(random.integers(0, max(pair))) for pair in zip(stride, dilation, strict=True))
    options = {"stride": stride, "padding": padding, "output_padding": more, "groups": groups, "dilation": dilation}
    wanted = functional.conv_transpose2d(torch.tensor(images), torch.tensor(theirs), **options).numpy()
    synapse = ConvTranspose2d(dense(ours), stride, padding, more, dilation, groups)
    np.testing.assert_array_equal(potentials(synapse, images, wanted.shape[1:]), wanted)


@given(SMALL, SMALL, st.integers(0, 2), SMALL, GROUPS, SEEDS)
def test_convolution_in_one_dimension_is_torchs(kernel, stride, padding, dilation, groups, seed):
    random = np.random.default_rng(seed)
    images, weights = dyadic(random, 2, 4, 9), dyadic(random, 6, 4 // groups, kernel)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    wanted = functional.conv1d(torch.tensor(images), torch.tensor(weights), **options).numpy()
    synapse = Conv1d(dense(weights.astype(np.float32)), **options)
    np.testing.assert_array_equal(potentials(synapse, images, wanted.shape[1:]), wanted)


@given(PAIRS, SEEDS)
def test_upsampling_repeats(factor, seed):
    random = np.random.default_rng(seed)
    images, gain = dyadic(random, 2, 3, 4, 5), dyadic(random, 3)
    wanted = images.repeat(factor[0], axis=2).repeat(factor[1], axis=3) * gain.reshape(-1, 1, 1)
    np.testing.assert_array_equal(potentials(Upsample(factor, gain), images, wanted.shape[1:]), wanted)


@given(PAIRS, PAIRS, PADS, PAIRS, GROUPS, SEEDS)
def test_operations_of_a_transposed_convolution(kernel, stride, padding, dilation, groups, seed):
    """The additions of a spike are the surviving weights of its column of the matrix that torch applies."""
    random = np.random.default_rng(seed)
    ours, _ = transposed(random, kernel, groups)
    options = (stride, padding, (0, 0), dilation, groups)
    eye = torch.eye(4 * 3 * 3, dtype=torch.float64).reshape(-1, 4, 3, 3)
    alive = np.concatenate([part.swapaxes(0, 1) for part in np.split((ours != 0).astype(np.float64), groups)])
    wanted = functional.conv_transpose2d(eye, torch.tensor(alive), None, stride, padding, 0, groups, dilation).numpy()
    network = single(((4, 3, 3), wanted.shape[1:]), Integrator(), ConvTranspose2d(dense(ours), *options), RateCode(1))
    counts = reference(network, eye.numpy()).synaptic_operations["in->a"]
    np.testing.assert_array_equal(counts, wanted.reshape(36, -1).sum(axis=1))


def test_operations_of_upsampling_and_of_one_dimension():
    network = single(((2, 2, 2), (2, 4, 6)), Integrator(), Upsample((2, 3), np.array([1.0, 0.0])), RateCode(1))
    assert (
        reference(network, np.ones((1, 2, 2, 2))).synaptic_operations["in->a"].item() == 4 * 6
    )  # a gain of zero is pruned
    conv = Conv1d(dense(np.ones((2, 1, 3), np.float32)), padding=1)
    network = single(((1, 5), (2, 5)), Integrator(), conv, RateCode(1))
    images = np.eye(5).reshape(5, 1, 5)
    assert reference(network, images).synaptic_operations["in->a"].tolist() == [4, 6, 6, 6, 4]
