"""Packing: what is packed is what was sent, source channel by source channel, each that sent in one place of a four."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.routes.views import kept_bits
from spikewright.snn.kernels.mask_trains import pack_masks
from spikewright.snn.kernels.trains import SampleShare, Sources, Trains, pack_events
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_masks import masks_of

BLOCK = 64
FEW = settings(max_examples=40)
GRIDS = st.sampled_from([((1, 1), (1, 1)), ((2, 3), (1, 1)), ((4, 5), (2, 2)), ((3, 5), (1, 3)), ((5, 3), (3, 2))])
GROUPS = st.sampled_from([(1, 1), (5, 1), (6, 2), (64, 1), (66, 22), (70, 1), (70, 2), (130, 1), (192, 3)])
MEMBERS = st.sampled_from([4, 4, 1])
"""Of a four: of words of bytes, and of those that are float32."""
DENSITIES = st.sampled_from([0.0, 0.03, 0.4, 1.0])


def sources_of(channels, groups, grid, pool, row_step=7, members=4):
    """The sources of a map of rows and columns after a pool; how many targets a spike reaches is drawn."""
    pixels, (rows, columns) = np.arange(grid[0] * grid[1]), (grid[0] // pool[0], grid[1] // pool[1])
    row, column = pixels // grid[1] // pool[0], pixels % grid[1] // pool[1]
    pooled = np.where((row < rows) & (column < columns), row * columns + column, -1)
    slot = np.where(pooled[:, None] >= 0, pooled[:, None] * channels + np.arange(channels), -1)
    windows = np.array([np.flatnonzero(pooled == pixel) for pixel in range(rows * columns)], np.int32)
    random = np.random.default_rng(channels)
    fanout = random.integers(0, 1000, rows * columns * channels) * (random.random(rows * columns * channels) < 0.8)
    slot = slot.reshape(-1)
    slot = np.where((slot >= 0) & (fanout[slot] > 0), slot, -1).astype(np.int32)
    return Sources(slot, windows, kept_bits(fanout, channels), channels, channels // groups, fanout, row_step, members)


def trains_for(sources, planes, samples=1):
    """Room to pack in, with numbers of an earlier sample where nothing has to be zero."""
    slots, length = sources.fanout.size, -(-planes * samples // 4) * 4
    cells = slots // sources.each
    fours = cells * (-(-sources.each // sources.members) + 1)
    square = np.full(length * BLOCK, 99, np.uint8)
    return Trains(
        words=np.full(fours * length, 99, np.uint32 if sources.members == 4 else np.float32),
        member=np.full((fours, 4), 99, np.uint64),
        cell=np.full(fours, 99, np.int32),
        first=np.full(cells + 1, 99, np.int32),
        counts=np.zeros(slots * length, np.uint8),
        mark=np.zeros(slots, np.uint8),
        active=np.full(sources.channels + 4, 99, np.int32),
        fired=np.zeros(cells, np.uint8),
        square=square,
        square_words=square.view(np.uint32),
        length=length,
        samples=samples,
    )


def shared(first, samples, planes):
    """So many samples from the first on, side by side."""
    return SampleShare(*(np.uint64(number) for number in (first, samples, planes, -(-samples * planes // 4) * 4)))


def pooled(sent, sources):
    """Numbers `(steps, neurons)` as those of the slots `(steps, slots)`."""
    found = np.zeros((len(sent), sources.fanout.size), np.int64)
    kept = sources.slot >= 0
    np.add.at(found, (slice(None), sources.slot[kept]), sent[:, kept])
    return found


def unpacked(trains, sources, columns):
    """Counts `(columns, slots)` of what is packed, and how many members each four has."""
    found, seen, each = np.zeros((columns, sources.fanout.size), np.int64), set(), sources.each
    counts = trains.words.view(np.uint8) if sources.members == 4 else trains.words
    counts = counts[: counts.size // (columns * sources.members) * columns * sources.members]
    counts = counts.reshape(-1, columns, sources.members)
    groups, members, last = sources.channels // each, [], -1
    assert trains.first[0] == 0
    for cell in range(sources.fanout.size // each):
        pixel, group = divmod(cell, groups)
        for four in range(trains.first[cell], trains.first[cell + 1]):
            assert trains.cell[four] == cell
            channels = trains.member[four, : sources.members].astype(np.int64) // sources.row_step
            there = np.array([channel not in channels[:k] for k, channel in enumerate(channels)])
            assert not counts[four][:, ~there].any() and (np.diff(there.astype(int)) <= 0).all()
            channels = channels[there]
            assert set(channels // each) <= {group}
            slots = pixel * sources.channels + channels
            assert (np.diff(slots, prepend=last) > 0).all(), "each once, and in order, whoever lists them"
            seen, last = seen | {*slots.tolist()}, slots[-1]
            found[:, slots] = counts[four][:, there]
            members.append(int(there.sum()))
    assert all(found[:, slot].any() for slot in seen), "only those that sent"
    return found, members


def assert_packed(operations, sent, sources, trains, columns=None):
    """`sent (columns, slots)` is what was packed, in so many columns, and nothing comes after it."""
    found, _ = unpacked(trains, sources, columns or -(-len(sent) // 4) * 4)
    np.testing.assert_array_equal(found[: len(sent)], sent)
    assert not found[len(sent) :].any()
    assert operations == (sent * sources.fanout).sum()
    assert not (trains.counts.any() or trains.mark.any() or trains.fired.any())


@FEW
@given(GRIDS, GROUPS, DENSITIES, st.integers(1, 9), st.sampled_from([0, 1, 40]), MEMBERS, st.integers(0, 2**20))
def test_events(grid, groups, density, steps, most, members, seed):
    """Single spikes, and numbers of them; several samples one after the other."""
    random, sources = np.random.default_rng(seed), sources_of(*groups, *grid, members=members)
    neurons = sources.slot.size
    sent = (random.random((3, steps, neurons)) < density) * random.integers(1, max(most, 1) + 1, (3, steps, neurons))
    events, trains, operations = (
        events_of(sent, np.int8 if most else None),
        trains_for(sources, steps),
        np.zeros(3, int),
    )
    for s in range(3):
        pack_events(events, shared(s, 1, steps), sources, trains, operations)
        assert_packed(operations[s], pooled(sent[s], sources), sources, trains)
        _, found = unpacked(trains, sources, trains.length)
        assert sum(count < members for count in found) <= sources.fanout.size // sources.each  # the last of each cell


@FEW
@given(
    GRIDS, GROUPS, DENSITIES, st.integers(1, 5), st.integers(1, 5), st.sampled_from(["events", "numbers", "masks"]),
    st.booleans(), MEMBERS, st.integers(0, 2**20),
)  # fmt: skip
def test_samples_side_by_side(grid, groups, density, steps, samples, form, gathered, members, seed):
    """Each in columns of its own, also fewer than there is room for; all steps of one in a single column where they gather."""
    random, sources = np.random.default_rng(seed), sources_of(*groups, *grid, members=members)
    sent = (random.random((6, steps, sources.slot.size)) < density) * random.integers(1, 4 if form == "numbers" else 2)
    gathered = gathered and form != "masks"
    planes, operations = 1 if gathered else steps, np.full(6, 5)
    trains, events = trains_for(sources, planes, samples), events_of(sent, np.int8 if form == "numbers" else None)
    for first in range(0, 6, samples):
        count = min(samples, 6 - first)
        share = shared(first, count, planes)
        if form == "masks":
            pack_masks(masks_of(sent, sources.channels).words, share, sources, trains, operations)
        else:
            pack_events(events, share, sources, trains, operations)
        slots = np.array([pooled(one, sources) for one in sent[first : first + count]])
        assert ((slots * sources.fanout).sum(axis=(1, 2)) == operations[first : first + count] - 5).all()
        columns = (slots.sum(axis=1, keepdims=True) if gathered else slots).reshape(-1, sources.fanout.size)
        assert_packed((columns * sources.fanout).sum(), columns, sources, trains, int(share.columns))


@FEW
@given(GRIDS, GROUPS, DENSITIES, st.integers(0, 2**20))
def test_graded_events(grid, groups, density, seed):
    """Values count in the words; each takes the operations of one spike."""
    random, sources = np.random.default_rng(seed), sources_of(*groups, *grid)
    sent = (random.random((3, 1, sources.slot.size)) < density) * random.integers(1, 16, (3, 1, sources.slot.size))
    trains, operations = trains_for(sources, 1, 4), np.zeros(3, int)
    pack_events(events_of(sent, np.int32, True), shared(0, 3, 1), sources, trains, operations)
    columns = np.array([pooled(one, sources)[0] for one in sent])
    assert_packed((columns * sources.fanout).sum(), columns, sources, trains)
    each = np.array([pooled(one > 0, sources)[0] for one in sent])
    np.testing.assert_array_equal(operations, (each * sources.fanout).sum(axis=1))


def test_counts_fill_a_byte():
    """255 sources of a window in each of 64 steps: counts of a byte, their sums in 16 bits."""
    sources, steps = sources_of(3, 1, (15, 17), (15, 17)), 64
    trains, sent, share = trains_for(sources, steps), np.ones((1, steps, 3 * 255), np.uint8), shared(0, 1, steps)
    for _ in range(2):
        for pack, what in ((pack_masks, masks_of(sent, 3).words), (pack_events, events_of(sent))):
            operations = np.zeros(1, int)
            pack(what, share, sources, trains, operations)
            assert_packed(operations[0], pooled(sent[0], sources), sources, trains)
