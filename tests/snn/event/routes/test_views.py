"""Views: slots and windows of a pool, and who sees whom through which weights."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import Conv2d, ConvTranspose2d, Integrator, Linear, RateCode, dense
from spikewright.snn.event.routes.views import kept_bits, runs_of, slots_of, views_of, windows_of
from spikewright.snn.event.synapse_taps import taps_of
from tests.snn.small import reference, single

FEW = settings(max_examples=30)
SMALL = st.integers(1, 3)


def seen_through(synapse, source, target):
    """(weights, their taps, first_seen, seen, row) of a projection without a pool."""
    network = single((source, target), Integrator(), synapse, RateCode(2))
    taps = taps_of(network, network.projections[0])
    grid = source if len(source) == 3 else (*source, 1, 1)
    return taps, *views_of(taps, grid)


def responses(synapse, source, target, taps, first_seen, seen, row):
    """What each source neuron brings to each target neuron, by the views, and by the synapse itself."""
    rows = np.asarray(taps.weights).reshape(-1, taps.length)
    inputs, outputs = source[1:] or (1, 1), target[1:] or (1, 1)
    found = np.zeros((source[0], int(np.prod(inputs)), target[0], int(np.prod(outputs))))
    for p in range(len(first_seen) - 1):
        for pair in range(first_seen[p], first_seen[p + 1]):
            for c in range(source[0]):
                base = int(taps.channel_base[c])
                found[c, seen[pair], base : base + taps.length, p] += rows[row[pair] + c * len(taps.taps)]
    return found.reshape(source[0] * found.shape[1], -1)


def by_unit_inputs(synapse, source, target):
    """The same from one simulation for each source neuron that alone fires."""
    network = single((source, target), Integrator(), synapse, RateCode(1))
    images = np.eye(int(np.prod(source)), dtype=np.float32).reshape(-1, *source)
    return reference(network, images).potentials["a"][0].reshape(len(images), -1)


@FEW
@given(st.sampled_from([1, 2]), SMALL, SMALL, st.integers(1, 2), st.integers(0, 1), SMALL, st.integers(0, 99))
def test_views_are_the_synapse(groups, height, width, stride, padding, each, seed):
    """Of convolutions with strides, paddings and groups: every pair of pixels, once a kernel place that joins them."""
    source = (2 * groups, 4, 5)
    weights = np.random.default_rng(seed).integers(1, 9, (each * groups, 2, height, width)).astype(np.float32)
    synapse = Conv2d(dense(weights), stride=(stride, 1), padding=(padding, padding), groups=groups)
    target = synapse.output_shape(source)
    taps, *views = seen_through(synapse, source, target)
    assert views[0][-1] == len(views[1]) == len(views[2]) and {view.dtype for view in views} == {np.dtype(np.int32)}
    found = responses(synapse, source, target, taps, *views)
    np.testing.assert_array_equal(found, by_unit_inputs(synapse, source, target))


def test_views_of_other_synapses():
    """A dense layer sees every site through weights of its own; a transposed convolution leaves pixels that see nobody."""
    random = np.random.default_rng(0)
    whole = random.integers(1, 9, (4, 2 * 3 * 2)).astype(np.float32)
    apart = random.integers(1, 9, (3, 2, 1, 1)).astype(np.float32)
    for synapse in (Linear(dense(whole)), ConvTranspose2d(dense(apart), stride=(2, 2))):
        source = (2, 3, 2)
        target = synapse.output_shape(source)
        taps, *views = seen_through(synapse, source, target)
        found = responses(synapse, source, target, taps, *views)
        np.testing.assert_array_equal(found, by_unit_inputs(synapse, source, target))


@FEW
@given(st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), max_size=6), max_size=4), st.booleans())
def test_runs_are_the_views(views, joined):
    """The same pairs, ascending; runs begin where pixels are no neighbours, and, unless they are joined, everywhere."""
    first_seen = np.cumsum([0, *map(len, views)])
    seen, row = np.array([pair for view in views for pair in view], int).reshape(-1, 2).T
    first_run, run, pixels, rows = runs_of((first_seen, seen, row), joined=joined)
    assert len(first_run) == len(views) + 1 and run[0] == first_run[0] == 0 and run[-1] == len(seen)
    for p, view in enumerate(views):
        begins = run[first_run[p] : first_run[p + 1] + 1]
        assert begins[0] == first_seen[p] and begins[-1] == first_seen[p + 1]
        inside = slice(begins[0], begins[-1])
        assert sorted(zip(pixels[inside].tolist(), rows[inside].tolist(), strict=True)) == sorted(view)
        steps = np.diff(pixels[inside])
        assert (steps >= 0).all()
        wanted = np.flatnonzero(steps != 1) + 1 if joined else np.arange(1, len(view))
        np.testing.assert_array_equal(begins[1:-1], begins[0] + wanted)


@FEW
@given(SMALL, st.integers(1, 6), st.integers(1, 6), SMALL, SMALL)
def test_slots_and_windows_of_a_pool(channels, rows, columns, down, across):
    """Each source in the window that holds it, or in none; windows list their pixels in order."""
    pool = min(down, rows), min(across, columns)
    pooled = channels, rows // pool[0], columns // pool[1]
    slots = slots_of((channels, rows, columns), pool, pooled)
    grid = slots.reshape(rows, columns, channels)
    for y, x, c in np.ndindex(*grid.shape):
        row, column = y // pool[0], x // pool[1]
        inside = row < pooled[1] and column < pooled[2]
        assert grid[y, x, c] == ((row * pooled[2] + column) * channels + c if inside else -1)
    windows = windows_of(slots, channels, pooled)
    assert windows.shape == (pooled[1] * pooled[2], pool[0] * pool[1]) and windows.dtype == np.int32
    for pixel, window in enumerate(windows):
        np.testing.assert_array_equal(window, np.flatnonzero(grid[..., 0].reshape(-1) // channels == pixel))


@FEW
@given(st.integers(1, 130), st.integers(1, 4), st.integers(0, 99))
def test_kept_bits(channels, pixels, seed):
    """Bit c % 64 of word c // 64 of a pixel, and none of channels that do not exist."""
    fanout = np.random.default_rng(seed).integers(0, 2, pixels * channels)
    words = kept_bits(fanout, channels)
    assert words.shape == (pixels, -(-channels // 64))
    for pixel, one in enumerate(fanout.reshape(pixels, channels)):
        found = sum(int(word) << 64 * place for place, word in enumerate(words[pixel]))
        assert found == sum(1 << int(c) for c in np.flatnonzero(one))
