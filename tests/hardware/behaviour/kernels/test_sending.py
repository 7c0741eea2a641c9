"""The serialiser: one event a cycle, one cycle for a block in which nothing fired, a token behind the last block."""

import numpy as np

from spikewright.hardware.behaviour.kernels.records import FRONT, READOUT, SENDER
from spikewright.hardware.behaviour.kernels.sending import senders_cycle, senders_look


def sent_in(blocks: list[int], depth: int, cycles: int) -> list[int]:
    """In which cycles a serialiser with these blocks before it sends, into a queue that nobody reads."""
    senders, fronts, sent = np.zeros(1, SENDER), np.zeros(1, FRONT), np.full(sum(blocks) + 1, -1)
    readout, fronts["keeps"] = np.zeros(1, READOUT)[0], True
    senders["past"], senders["waiting"], senders["queued"] = 1, len(blocks), len(blocks)
    senders["last_block"], senders["way"], fronts["depth"] = len(blocks) - 1, 4, depth
    for cycle in range(cycles):
        senders_look(senders, np.zeros(1, np.int64), fronts, readout)
        senders_cycle(senders, np.zeros(1, np.int64), fronts, readout, np.array(blocks, np.int32), sent, cycle)
        fronts["queue"] += fronts["arriving"]
        fronts["arriving"] = 0
    return sent.tolist()


def test_events_of_a_block_and_a_token() -> None:
    assert sent_in([2], 8, 6) == [1, 2, 3]


def test_a_block_without_events_takes_a_cycle() -> None:
    assert sent_in([0, 1, 0, 0, 2], 8, 12) == [2, 5, 6, 7]


def test_nothing_is_sent_into_a_full_queue() -> None:
    assert sent_in([3], 2, 12) == [1, 2, -1, -1]
