"""Every output meets every tap that the law of its synapse gives it, once, and no bank is asked for two values at a time."""

from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.circuit.axes import convolved, enlarged, pooled
from spikewright.hardware.circuit.mac.axes import MacAxis, all_taps, by_tap, everything, in_turn, reads_of

SMALL = st.integers(1, 4)


def met(axis: MacAxis, size: int) -> list[list[tuple[int, int]]]:
    """What each output reads, as `(source, tap)`, worked out of banks and places."""
    where = {(one.bank, one.place): source for source, one in axis.stored.items()}
    found: list[list[tuple[int, int]]] = [[] for _ in range(size)]
    for number, block in enumerate(axis.blocks):
        for entry in block:
            places, banks = axis.places(entry), axis.banks(entry)
            for lane, source in enumerate(entry.sources):
                if source is not None:
                    assert where[banks[lane], places[banks[lane]]] == source
                    found[number * axis.lanes + lane].append((source, entry.tap))
    return found


@given(st.integers(1, 9), SMALL, SMALL, st.integers(0, 3), SMALL, st.integers(1, 3), SMALL)
def test_convolutions(
    inside: int, kernel: int, stride: int, padding: int, dilation: int, pool: int, lanes: int
) -> None:
    size = (inside + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    if size < 1:
        return
    reads = reads_of(pooled(convolved(inside, kernel, stride, padding, dilation), inside * pool, pool), size, pool)
    axis = by_tap(reads, lanes, stride * pool)
    wanted = [
        [
            ((y * stride + tap * dilation - padding) * pool + n, tap)
            for tap in range(kernel)
            for n in range(pool)
            if 0 <= y * stride + tap * dilation - padding < inside
        ]
        for y in range(size)
    ]
    assert [sorted(one) for one in met(axis, size)] == [sorted(one) for one in wanted]


@given(st.integers(1, 7), SMALL, SMALL, st.integers(0, 3), SMALL, st.integers(1, 3), SMALL)
def test_transposed(inside: int, kernel: int, stride: int, padding: int, dilation: int, pool: int, lanes: int) -> None:
    size = (inside - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
    if size < 1:
        return
    reads = reads_of(pooled(enlarged(inside, kernel, stride, padding, dilation), inside * pool, pool), size, pool)
    found = met(by_tap(reads, lanes, pool), size)
    for y, places in enumerate(found):
        assert all((source // pool) * stride - padding + dilation * tap == y for source, tap in places)
    assert sum(map(len, found)) == sum(map(len, reads))


@given(st.integers(1, 8), SMALL, SMALL, st.integers(1, 3), SMALL)
def test_sums_and_copies(inside: int, kernel: int, stride: int, pool: int, lanes: int) -> None:
    kernel = min(kernel, inside)
    size = (inside - kernel) // stride + 1
    sums = reads_of(pooled(convolved(inside, kernel, stride, 0, 1), inside * pool, pool), size, pool)
    found = met(in_turn(sums, lanes, stride * pool), size)
    assert [[source for source, _ in one] for one in found] == [
        list(range(y * stride * pool, (y * stride + kernel) * pool)) for y in range(size)
    ]
    copies = reads_of(enlarged(inside, stride, stride, 0, 1), inside * stride, 1)
    assert met(in_turn(copies, lanes, 1), inside * stride) == [[(y // stride, 0)] for y in range(inside * stride)]


def test_a_dense_layer_reads_what_fills_a_pool() -> None:
    axis = by_tap(everything(5, 2), 1, 1)
    assert met(axis, 1) == [[(0, 0), (1, 0), (2, 1), (3, 1)]]
    assert 4 not in axis.stored and axis.depth == 4


def test_every_tap_has_an_entry_of_its_number() -> None:
    reads = reads_of(convolved(3, 3, 1, 1, 1), 3, 1)
    axis = all_taps(by_tap(reads, 1, 1), 3, 1)
    assert [[entry.tap for entry in block] for block in axis.blocks] == [[0, 1, 2]] * 3
    assert axis.starts == (0, 3, 6) and axis.blocks[0][0].sources == (None,)
    assert met(axis, 3) == [[(0, 1), (1, 2)], [(0, 0), (1, 1), (2, 2)], [(1, 0), (2, 1)]]


def test_an_axis_that_reads_nothing_has_one_empty_entry() -> None:
    axis = by_tap([[], []], 2, 1)
    assert axis.entries[0].sources == (None, None) and axis.depth == 1 and axis.most == 0
