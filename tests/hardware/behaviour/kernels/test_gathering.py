"""A layer: its phases, and which projection is served."""

import numpy as np

from spikewright.hardware.behaviour.kernels.gathering import (
    FOREVER,
    PASS,
    SETTLE,
    WAIT,
    fronts_cycle,
    layers_cycle,
    layers_look,
)
from spikewright.hardware.behaviour.kernels.records import FRONT, LAYER, READOUT, SENDER, STAGE

NOTHING = np.zeros(1, READOUT)[0]
STAGES = np.zeros(0, STAGE)
PROJECTIONS = np.arange(2, dtype=np.int64)


def layer_with(left: tuple[int, int], phase: int = WAIT) -> tuple[np.ndarray, ...]:
    layers, senders, fronts = np.zeros(1, LAYER), np.zeros(2, SENDER), np.zeros(2, FRONT)
    layers["blocks"], layers["past"], layers["phase"], layers["settles"] = 3, 2, phase, 5
    fronts["left"], fronts["wanted"] = left, 1
    return layers, senders, fronts


def looks(layers: np.ndarray, senders: np.ndarray, fronts: np.ndarray) -> int:
    return int(layers_look(layers, senders, PROJECTIONS, fronts, STAGES, NOTHING, 1))


def test_the_lowest_projection_is_served_first() -> None:
    layers, senders, fronts = layer_with((4, 2))
    assert looks(layers, senders, fronts) == 3 and layers["served"] == 0
    spent, passes = np.zeros((1, 6), np.int64), np.zeros(1, np.int32)
    fronts_cycle(layers, PROJECTIONS, fronts, STAGES, passes, passes, 1)
    layers_cycle(layers, senders, spent, PROJECTIONS, fronts, NOTHING, 1, False)
    assert fronts["left"].tolist() == [3, 2] and fronts["crossed"].tolist() == [0, 1] and spent[0, PASS] == 1


def test_a_layer_without_events_rests() -> None:
    layers, senders, fronts = layer_with((0, 0))
    assert looks(layers, senders, fronts) == FOREVER and layers["served"] == -1


def test_both_tokens_end_a_step() -> None:
    layers, senders, fronts = layer_with((0, 0))
    fronts["complete"] = True, False
    looks(layers, senders, fronts)
    assert not layers["complete"]
    fronts["complete"] = True
    looks(layers, senders, fronts)
    assert layers["complete"]


def test_a_layer_settles_for_five_cycles() -> None:
    layers, senders, fronts = layer_with((0, 0), SETTLE)
    assert looks(layers, senders, fronts) == 4
