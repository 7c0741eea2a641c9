"""Counts in front of gates: when words go on, and how long walks over all neurons take."""

import numpy as np
import pytest

from spikewright.hardware.behaviour.kernels.records import DELAY, ORDER, STAGE
from spikewright.hardware.behaviour.kernels.staging import EACH, EVERY_STEP, stage_cycle, stage_offers, stages_restart


def stage_of(neurons: int, replay: int) -> np.ndarray:
    made = np.zeros(1, STAGE)
    made["neurons"], made["replay"] = neurons, replay
    stages_restart(made, np.zeros((1, 2, 2), np.int64), 0)
    return made


def offered_in(stage: np.ndarray, marks: list[int], steps: int, cycles: int) -> list[int]:
    """The cycles in which words are offered, each taken at once, if all that come wait in front."""
    found, words = [], np.array([*marks, 0], np.int32)
    for cycle in range(cycles):
        offers = bool(stage_offers(stage[0]))
        found += [cycle] * offers
        stage_cycle(stage[0], bool(stage["word"][0] < len(marks)), offers, words, steps)
    return found


def test_words_go_on_a_cycle_later_behind_the_walk_of_a_reset_and_of_each_inference() -> None:
    assert offered_in(stage_of(3, EACH), [0, 0, 1, 0, 1], 1, 20) == [4, 5, 6, 10, 11]


def test_counts_that_may_fall_are_sent_in_front_of_each_token() -> None:
    """The reset walks in cycles 0 to 2, two events are counted in 3 and 4, the token begins a walk in 5."""
    assert offered_in(stage_of(3, EVERY_STEP), [0, 0, 1], 2, 20) == [7, 8, 9, 10]


@pytest.mark.parametrize("replay", [EACH, EVERY_STEP])
def test_a_word_that_is_not_taken_stays(replay: int) -> None:
    stage = stage_of(1, replay)
    for _ in range(9):
        stage_cycle(stage[0], True, False, np.ones(3, np.int32), 1)
    assert stage_offers(stage[0]) and stage["word"][0] == (1 if replay == EACH else 0)


def test_an_order_offers_an_event_at_each_of_its_places_and_drops_it_at_none() -> None:
    """Words that are read at 2, 0 and 1 places: taken in cycles 0, 2 and 3."""
    stage = stage_of(0, EACH)
    stage["kind"], stage["walks"] = ORDER, False
    assert offered_in(stage, [2, 0, 1], 1, 20) == [1, 2, 4]


def test_a_delay_gives_tokens_first_and_fetches_a_word_a_cycle() -> None:
    """Of three steps, one late: a token in cycle 0, then what has been kept, two cycles behind its coming."""
    stage = stage_of(0, EACH)
    stage["kind"], stage["walks"], stage["delay"], stage["begun"] = DELAY, False, 1, 1
    marks, found = np.array([1, 0, 1, 1, 1], np.int32), []
    for cycle in range(9):
        offers = bool(stage_offers(stage[0]))
        found += [cycle] * offers
        stage_cycle(stage[0], 0 < cycle < 4, offers, marks, 3)
    assert found == [0, 2, 3, 4] and stage["begun"][0] == 0
