"""A front: one word after the other, of as many passes as it has, and tokens that end a step."""

import numpy as np
import pytest

from spikewright.hardware.behaviour.kernels.fronts import front_moves, front_takes, release_front, take_word
from spikewright.hardware.behaviour.kernels.records import FRONT


def front_with(**changes: object) -> np.ndarray:
    """A view of one front, that waits for two tokens."""
    fronts = np.zeros(1, FRONT)
    fronts["wanted"] = 2
    for name, value in changes.items():
        fronts[name] = value
    return fronts


@pytest.mark.parametrize(
    ("left", "served", "takes"), [(0, False, True), (1, True, True), (1, False, False), (2, True, False)]
)
def test_a_word_is_taken_in_the_last_cycle_of_the_one_before(left: int, served: bool, takes: bool) -> None:
    fronts = front_with(left=left, comes=True)
    assert front_takes(fronts[0], True, served) == (takes, takes)
    assert fronts["left"][0] == left - served
    assert fronts["crossed"][0] == (left > 0 and not served)


def test_a_word_has_passes_and_a_token_none() -> None:
    fronts = front_with()
    take_word(fronts[0], 3)
    assert (fronts["left"][0], fronts["token"][0], fronts["word"][0]) == (3, False, 1)
    take_word(fronts[0], 0)
    assert (fronts["left"][0], fronts["token"][0], fronts["word"][0]) == (0, True, 2)


def test_the_last_of_its_tokens_completes_a_step_and_others_are_passed() -> None:
    fronts = front_with(token=True)
    assert front_moves(fronts[0], True) and not front_moves(fronts[0], False)
    front_takes(fronts[0], True, False)
    assert (fronts["tokens"][0], fronts["resume"][0], fronts["complete"][0]) == (1, True, False)
    front_takes(fronts[0], True, False)  # it resumes
    assert not fronts["token"][0] and not fronts["resume"][0]
    fronts["token"] = True
    front_takes(fronts[0], True, False)
    assert fronts["complete"][0] and not front_moves(fronts[0], True)


def test_a_front_of_lists_has_two_stages_more() -> None:
    fronts = front_with(listed=True, comes=True)
    found = [tuple(map(bool, front_takes(fronts[0], True, False))) for _ in range(3)]
    assert found == [(True, False), (True, False), (True, True)]
    assert fronts["tables"][0] and fronts["list"][0]


@pytest.mark.parametrize(
    ("last_step", "driven_once", "held", "resumes"),
    [(False, False, False, True), (False, True, False, False), (False, False, True, False), (True, True, True, True)],
)
def test_after_a_sweep_it_goes_on_unless_it_is_driven_once(
    last_step: bool, driven_once: bool, held: bool, resumes: bool
) -> None:
    fronts = front_with(tokens=1, complete=True, held=held)
    release_front(fronts[0], last_step, driven_once)
    assert (fronts["resume"][0], fronts["complete"][0]) == (resumes, not resumes)
    assert fronts["tokens"][0] == (0 if last_step else 1)
