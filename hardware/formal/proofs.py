"""The proofs that there are."""

from spikewright.hardware.formal.record import Proof

_NEURON = (
    "whatever is added in whatever order, the word never overflows, U is saturated once a step, and spike, reset and leak are "
    "those of the law"
)
_BANK = "operations on the words of a memory act one after the other, however close they follow on the same word"
_TAPS = "each lane adds the weight of its tap, times what the event carries"
_SERIALISER = (
    "each lane that fired is sent once and no other, in ascending order, a token behind the last, whatever waits"
)
_FIFO = "words come out as they went in, in their order, once, however long they wait"

_WIDTHS = {"WORD": 13, "POTENTIAL": 8, "TAP": 12, "THRESHOLD": 8, "DRIVE": 12}
_LAWS: dict[str, dict[str, int | str]] = {
    "neuron": {"WORD": 17, "POTENTIAL": 16, "THRESHOLD": 16},
    "neuron with leak and reset to zero": {"LEAK": 1, "RESET_ZERO": 1},
    "signed neuron": {"KIND": "signed", "NUMBER": 2, "MEMO": 3},
    "signed neuron with a limit": {"KIND": "signed", "NUMBER": 2, "MEMO": 3, "LIMIT": 1},
    "ternary neuron": {"KIND": "ternary", "NUMBER": 2, "THRESHOLDS": 2},
    "burst neuron": {"KIND": "burst", "NUMBER": 2, "LIMIT": 3},
    "integrator": {"KIND": "none"},
}

PROOFS: tuple[Proof, ...] = (
    Proof("queue", "sw_fifo", _FIFO, {"WIDTH": 8, "DEPTH": 16, "BITS": 4}, 2, 20),
    Proof("words in look-up tables", "sw_bank", _BANK, {"WIDTH": 8, "ROWS": 4, "BITS": 2, "STYLE": 1}, 7, 14),
    Proof("words in block memories", "sw_bank", _BANK, {"WIDTH": 8, "ROWS": 4, "BITS": 2, "STYLE": 2}, 7, 14),
    *(
        Proof(name, "sw_lane", _NEURON, {**_WIDTHS, **law}, 7 if "LIMIT" in law else 3, 12)
        for name, law in _LAWS.items()
    ),
    Proof(
        "rotator of signed events",
        "sw_taps",
        _TAPS,
        {"CHANNELS": 2, "BANKS_Y": 3, "BANKS_X": 2, "WEIGHT": 4, "TIMES": 1, "SHIFT": 1, "ROW": 48, "OY_BITS": 2},
        3,
    ),
    Proof(
        "rotator of numbers",
        "sw_taps",
        _TAPS,
        {"CHANNELS": 2, "BANKS_Y": 2, "BANKS_X": 2, "WEIGHT": 4, "VALUE": 3, "TIMES": 2, "ROW": 32},
        3,
    ),
    Proof(
        "rotator of single channels",
        "sw_taps",
        _TAPS,
        {"CHANNELS": 3, "BANKS_X": 2, "WEIGHT": 4, "TAP": 6, "ONE_CHANNEL": 1, "ROW": 8, "LANE_BITS": 2},
        3,
    ),
    Proof(
        "serialiser",
        "sw_spikes",
        _SERIALISER,
        {"LANES": 8, "CHANNELS": 2, "BANKS_X": 2, "NUMBER": 2, "C_BITS": 3, "Y_BITS": 3, "X_BITS": 3},
        3,
    ),
)
