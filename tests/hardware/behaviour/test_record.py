"""What the simulator found, as numbers and tables."""

import numpy as np

from spikewright.hardware.behaviour.record import Behaviour, LayerBehaviour, QueueBehaviour

LAYER = LayerBehaviour("a", 4, 30, 20, 16, 6, 24, 9, 2)
QUEUE = QueueBehaviour("in to a", 16, 9, 3, 1)


def behaviour(over: list[int], entered: list[int]) -> Behaviour:
    return Behaviour({}, np.array(entered), np.array(over), np.array([]), (LAYER,), (QUEUE,), LAYER.cycles)


def test_cycles_add_up_and_work_is_passes_and_sweeps() -> None:
    assert LAYER.cycles == 100 and LAYER.utilisation == 0.5


def test_latency_counts_both_ends_and_the_interval_lies_between_answers() -> None:
    found = behaviour([49, 69, 99], [0, 10, 30])
    assert found.latency.tolist() == [50, 60, 70] and found.interval == 25
    assert behaviour([49], [0]).interval == 50


def test_it_is_shown_in_a_line() -> None:
    told = "Behaviour(3 samples in 100 cycles, an answer each 25; 'a' works in 50% of them)"
    assert repr(behaviour([49, 69, 99], [0, 10, 30])) == told


def test_tables_have_a_row_each() -> None:
    found = behaviour([49], [0])
    assert found.table["pass_cycles"] == [30] and found.queue_table["most_words"] == [9]
