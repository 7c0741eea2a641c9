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

_TALLY = "the count of a neuron is that of the events taken for it, each once; or the steps since its first one"
_DECIDE = (
    "the class is the first of the largest logits, a step is the last one exactly where it is the last of the run or the rule "
    "says stop, and class, steps and logits are answered in this order, each once, however long each waits"
)
_LEVELS = "the logit of a neuron is the potential that the last sweep gave for it, whatever the size of its map"
_GATE = (
    "the words of an inference go out when the one before is over, and are dropped when it is over itself; none is lost"
)
_FRONT = (
    "the passes of an event are those that its table words say, each once and in their order, however long each waits; none is "
    "given from a token on until the next step"
)
_LIST_FRONT = (
    "the passes of an event are those that its tables and its list, or its tile rows, say, each once and in their order, events "
    "in theirs, however long each waits; none is given from a token on until the next step"
)
_LAYER = (
    "spikes and potentials of a layer are those of the law in each step, in whatever order and whenever passes come, and however "
    "long what is sent waits: each pass is added once, no word overflows, each block is swept once for a token"
)

_WIDTHS = {"WORD": 13, "POTENTIAL": 8, "TAP": 12, "THRESHOLD": 8, "DRIVE": 12}
_SMALL = {"WORD": 9, "POTENTIAL": 5, "TAP": 8, "THRESHOLD": 5, "DRIVE": 8}
_COUNTS = {"WORD": 9, "POTENTIAL": 7, "TAP": 8}
_DEPTHS: dict[int | str | None, tuple[int, int]] = {"stepped": (4, 12), "latched": (5, 15)}
"""Depth and reach of kinds that take a cycle more."""
_LAWS: dict[str, dict[str, int | str]] = {
    "neuron": {"WORD": 17, "POTENTIAL": 16, "THRESHOLD": 16},
    "neuron with leak and reset to zero": {"LEAK": 1, "RESET_ZERO": 1},
    "signed neuron": {"KIND": "signed", "NUMBER": 2, "MEMO": 3},
    "signed neuron with a limit": {"KIND": "signed", "NUMBER": 2, "MEMO": 3, "LIMIT": 1},
    "ternary neuron": {"KIND": "ternary", "NUMBER": 2, "THRESHOLDS": 2},
    "burst neuron": {"KIND": "burst", "NUMBER": 2, "LIMIT": 3},
    "neuron with leak": {"LEAK": 2, **_SMALL},
    "deaf neuron": {"KIND": "deaf", "DEAF": 2, "MEMO": 7, **_SMALL},
    "deaf neuron with reset to zero": {"KIND": "deaf", "DEAF": 3, "MEMO": 2, "RESET_ZERO": 1, **_SMALL},
    "neuron with thresholds of steps": {"KIND": "stepped", "THRESHOLDS": 2, **_SMALL, "SATURATED": 4, "THRESHOLD": 6},
    "neuron of one spike": {"KIND": "latched", "MEMO": 6, **_SMALL},
    "ramp": {"KIND": "ramp", "NUMBER": 3, "LIMIT": 5, "SLOT": 4, "SLOT_SHIFT": 2, **_SMALL},
    "ramp with slots of any size": {"KIND": "ramp", "NUMBER": 2, "LIMIT": 3, "SLOT": 5, "SLOT_SHIFT": -1, **_SMALL},
    "gate of counts": {"KIND": "gate", "NUMBER": 3, "MEMO": 9, "OFFSET": 5, "LIMIT": 2, **_COUNTS},
    "gate of fresh counts": {"KIND": "gate", "NUMBER": 9, "MEMO": 9, "FRESH": 1, **_COUNTS},
    "integrator": {"KIND": "none"},
}
_NEURONS = {"C_BITS": 1, "Y_BITS": 1, "X_BITS": 1}
_CLASSES = {"CLASS_BITS": 2, "LOGIT": 4, "STEPS": 3, "STEP_BITS": 2, "ANSWER": 5}
_PLANE = {**_CLASSES, "C_SIZE": 2, "X_SIZE": 2, "C_BITS": 1, "X_BITS": 1}
_LINE = {**_CLASSES, "C_SIZE": 3, "C_BITS": 2}
_TABLES = {
    "C_SIZE": 2, "Y_SIZE": 2, "X_SIZE": 2, "C_BITS": 1, "Y_BITS": 1, "X_BITS": 1, "VALUE": 1, "W_BITS": 4, "S_BITS": 4,
    "LANE_BITS": 1, "GROUPS": 2, "GROUP_BITS": 1, "TILE_BITS": 2, "OY_BITS": 1, "OX_BITS": 1, "RY_BITS": 3, "RX_BITS": 3,
    "NEXT_COLUMN": 3,
    "MEMORY": 1, "LOAD_ROW": 22, "LOAD_ADDRESS": 1
}  # fmt: skip
_LISTS = {
    "C_SIZE": 2, "Y_SIZE": 2, "X_SIZE": 2, "C_BITS": 1, "Y_BITS": 1, "X_BITS": 1, "VALUE": 1, "W_BITS": 2, "S_BITS": 3,
    "LANE_BITS": 1, "OY_BITS": 1, "OX_BITS": 1, "RY_BITS": 3, "RX_BITS": 3, "LISTS": 4, "LIST_BITS": 2, "COUNT_BITS": 2,
    "ROWS": 4, "ROW_BITS": 1, "COLUMN_BITS": 1, "GROUP_BITS": 1, "DOWN": 3, "ACROSS": 2, "STRIDE_Y": 2, "STRIDE_X": 1,
    "BLOCKS_Y": 2, "BLOCKS_X": 2, "LOWEST_Y": 1, "LOWEST_X": 0, "TY_BITS": 3, "TX_BITS": 3,
    "EACH": 0, "TILE_BITS": 1, "CHANNELS": 1, "BANKS_Y": 1, "BANKS_X": 1, "SEAT": 0, "SEATS": 1,
    "MEMORY": 1, "LOAD_ROW": 32, "LOAD_ADDRESS": 2
}  # fmt: skip
_ARRAY = {
    "SOURCES": 1, "C_SIZE": 2, "GROUPS": 2, "R_BITS": 1, "S_BITS": 2, "STEPS": 2, "TOKENS": 1, "WORD": 5, "POTENTIAL": 3,
    "TAP": 2, "THRESHOLD": 3, "DRIVE": 2, "CURRENT": 2, "STYLE": 1, "CONSTANTS": 2, "MEMORY": 1, "LOAD_ROW": 8, "LOAD_ADDRESS": 1
}  # fmt: skip

PROOFS: tuple[Proof, ...] = (
    Proof("queue", "sw_fifo", _FIFO, {"WIDTH": 8, "DEPTH": 16, "BITS": 4}, 2, 20),
    Proof("words in look-up tables", "sw_bank", _BANK, {"WIDTH": 8, "ROWS": 4, "BITS": 2, "STYLE": 1}, 7, 14),
    Proof("words in block memories", "sw_bank", _BANK, {"WIDTH": 8, "ROWS": 4, "BITS": 2, "STYLE": 2}, 7, 14),
    *(
        Proof(
            name,
            "sw_lane",
            _NEURON,
            {**_WIDTHS, **law},
            *_DEPTHS.get(law.get("KIND"), (7 if "LIMIT" in law else 3, 12)),
        )
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
    Proof("read-out of counts", "sw_tally", _TALLY, {**_NEURONS, "VALUE": 2, "TIMES": 3, "LOGIT": 6}, 1),
    Proof("read-out of first spikes", "sw_tally", _TALLY, {**_NEURONS, "FIRST": 1, "LOGIT": 6}, 1),
    Proof(
        "read-out of potentials",
        "sw_levels",
        _LEVELS,
        {"CHANNELS": 2, "BANKS_X": 2, "GROUPS": 2, "BLOCKS_Y": 2, "BLOCKS_X": 2, "R_BITS": 3, "POTENTIAL": 2},
        1,
        16,
    ),
    Proof("decision behind the last step", "sw_decide", _DECIDE, {**_LINE, "EACH": 0}, 1, 15),
    Proof("decision by the lead", "sw_decide", _DECIDE, {**_PLANE, "RULE": 1, "HEIGHT": 2}, 1, 12),
    Proof("decision by the height", "sw_decide", _DECIDE, {**_LINE, "RULE": 2, "HEIGHT": 2}, 1, 14),
    Proof("front of a projection", "sw_front", _FRONT, _TABLES, 1, 6, inside=True),
    Proof("front with lists of rows", "sw_list_front", _LIST_FRONT, _LISTS, 1, 7, inside=True),
    Proof(
        "front with packed rows of each tile",
        "sw_list_front",
        _LIST_FRONT,
        {**_LISTS, "EACH": 2, "TILE_BITS": 2, "CHANNELS": 2, "SEAT": 1, "SEATS": 2},
        1,
        7,
        inside=True,
    ),
    Proof("layer of two neurons", "sw_array", _LAYER, _ARRAY, 1, 9, inside=True),
    Proof(
        "layer of two neurons with two projections",
        "sw_array",
        _LAYER,
        {**_ARRAY, "SOURCES": 2, "TOKENS": 0x1_0001},
        1,
        13,
        inside=True,
    ),
    Proof("one inference at a time", "sw_gate", _GATE, {"TOKENS": 3, "BITS": 2}, 1),
)
