"""Buffers are allocated once, and one piece of memory serves a role."""

from threading import Event

import numpy as np
import pytest

from spikewright.snn.event.buffers import LINE, MOST_IDLE_BYTES, Buffers, IdleBuffers, Stopped, aligned, moved


def test_the_same_memory_whatever_the_shape():
    buffers = Buffers()
    large = buffers.take("a", "sums", (4, 5), np.float32)
    assert buffers.take("a", "sums", (4, 5), np.float32) is large
    assert np.shares_memory(buffers.take("a", "sums", (2, 3), np.float32), large)
    assert np.shares_memory(buffers.take("a", "sums", (4, 5), np.float32), large)
    assert not np.shares_memory(buffers.take("a", "planes", (4, 5), np.float32), large)
    assert buffers.take("a", "sums", (4, 5), np.int32).dtype == np.int32


def test_zeros_are_there_until_somebody_leaves_something():
    buffers = Buffers()
    first = buffers.zeros("a", "train", 8, np.int32)
    assert not first.any() and first.size == 8
    first[3] = 1
    assert buffers.zeros("a", "train", 5, np.int32).tolist() == [0, 0, 0, 1, 0]
    assert not buffers.zeros("a", "train", 9, np.int32).any()


def test_a_record_of_buffers_lasts_as_long_as_its_shapes():
    buffers, made = Buffers(), []

    def make():
        made.append(buffers.take("a", "sums", (3,), np.float32))
        return (made[-1],)

    first = buffers.record("a", "room", (1, 3), make)
    assert buffers.record("a", "room", (1, 3), make) is first and len(made) == 1
    assert buffers.record("a", "room", (2, 3), make) is not first and buffers.record("b", "room", (1, 3), make)
    assert len(made) == 3


def test_a_stop_is_seen():
    stop = Event()
    buffers = Buffers(stop)
    buffers.check()
    stop.set()
    with pytest.raises(Stopped):
        buffers.check()


def test_idle_buffers_serve_the_next_run_where_they_are_small():
    idle, stop = IdleBuffers(), Event()
    first = idle.take(stop)
    flat = first.take("a", "sums", (4,), np.int32)
    idle.leave(first)
    stop.set()
    again = idle.take(Event())
    again.check()  # the run that it served is over, this one is not
    assert again is first and again.take("a", "sums", (4,), np.int32) is flat
    assert idle.take(stop) is not first
    again.take("a", "planes", (MOST_IDLE_BYTES,), np.int8)
    idle.leave(again)
    assert idle.take(stop) is not first


def test_bytes_are_those_that_are_held():
    buffers = Buffers()
    buffers.take("a", "sums", (4,), np.int32)
    buffers.take("a", "sums", (2,), np.int32)
    buffers.zeros("a", "mark", 3, np.uint8)
    assert buffers.bytes == 19
    buffers.take("a", "sums", (8,), np.int32)
    assert buffers.bytes == 35
    for size in (5, 7):
        buffers.record("a", "room", size, lambda size=size: (np.zeros(size, np.uint8), (np.zeros(2, np.uint8), 3)))
    assert buffers.bytes == 44


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32, np.uint64])
def test_memory_begins_at_a_line_of_the_cache(kind):
    for size in (0, 1, 7, 64, 100_001):
        zeros, copy = aligned(size, kind), moved(np.arange(size).astype(kind))
        assert zeros.size == size and zeros.dtype == kind and not zeros.any()
        np.testing.assert_array_equal(copy, np.arange(size).astype(kind))
        for one in (zeros, copy, Buffers().take("a", "sums", (size,), kind), Buffers().zeros("a", "mark", size, kind)):
            assert one.ctypes.data % LINE == 0 or not size
    np.testing.assert_array_equal(moved(np.arange(6).reshape(2, 3).T), [0, 3, 1, 4, 2, 5])
