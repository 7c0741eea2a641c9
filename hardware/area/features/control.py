"""What says what happens when: sequencers, serialisers, grants, decisions, counters."""

from spikewright.hardware.area.features import registers
from spikewright.hardware.area.features.told import Features, Told, counter


def sequencer(told: Told) -> Features:
    """Counters of blocks, steps and tokens, and a few states."""
    many, phased = told.blocks > 1, told.PHASES > 1
    return {
        "registers": registers.sequencer(told),
        "1": 1.0, "fires": float(told.FIRES), **counter("block", told.R_BITS, many), "sources": told.SOURCES,
        **counter("c", told.C_BITS, told.GROUPS > 1),
        **counter("x", told.X_BITS, told.BLOCKS_X > 1), **counter("y", told.Y_BITS, told.BLOCKS_Y > 1),
        **counter("step", told.STEP_BITS, told.STEPS > 1),
        "tokens": told.SOURCES * told.TOKEN_BITS, "more tokens": (told.TOKENS > 1) * told.SOURCES * told.TOKEN_BITS,
        "held": float(told.HELD != 0), **counter("constants", told.R_BITS, told.CONSTANTS > 1),
        **counter("phase", told.PHASE_BITS, phased), "stepped": told.STEPPED * told.K_BITS,
        "reads": float(told.READS), "once": float(told.DRIVEN_ONCE),
        "by groups": float(1 < told.CONSTANTS < told.blocks), "settle": float(told.SETTLE > 7),
        "queue": float(told.FIRES and told.QUEUE != 8), "held sources": (told.HELD != 0) * told.SOURCES,
    }  # fmt: skip


def spikes(told: Told) -> Features:
    """The lowest lane that fired, its number and its place."""
    lanes, number, channels = told.LANES, told.NUMBER, told.CHANNELS
    places = [
        (n % channels * told.APART, n // channels // told.BANKS_X, n // channels % told.BANKS_X) for n in range(lanes)
    ]
    ones = sum(value.bit_count() for place in places for value in place)
    used = [max(place[axis] for place in places) > 0 for axis in range(3)]
    added = used[0] * told.C_BITS + used[1] * told.Y_BITS + used[2] * told.X_BITS
    return {
        "1": 1.0, "lanes": lanes, "several": float(lanes > 1), "numbers": lanes * number,
        "wide numbers": lanes * number * (number > 1),
        "ones": ones, "added": added, "axes": sum(used), "place": told.C_BITS + told.Y_BITS + told.X_BITS,
        "number": number,
        "wide": (number > 1) * lanes, "few lanes": float(lanes <= 3) * lanes, "one wide": float(lanes == 1) * number,
    }  # fmt: skip


def grant(told: Told) -> Features:
    """A choice among what projections ask for."""
    width = told.S_BITS + told.OY_BITS + told.OX_BITS + told.RY_BITS + told.RX_BITS + told.SEATS
    found: Features = {"one": float(told.SOURCES == 1), "sources": (told.SOURCES > 1) * told.SOURCES}
    return found | {f"chosen from {n}": float(width) for n in range(2, min(told.SOURCES, 4) + 1)} | {
        "more": max(0, told.SOURCES - 4) * width
    }  # fmt: skip


def decide(told: Told) -> Features:
    """The walk over the logits, the largest two, and the words of an answer."""
    axes = [(told.C_SIZE, told.C_BITS), (told.Y_SIZE, told.Y_BITS), (told.X_SIZE, told.X_BITS)]
    return {
        "registers": registers.decide(told),
        "1": 1.0, "walk": sum(bits for size, bits in axes if size > 1),
        "short walk": sum(bits for size, bits in axes if size > 1 and bits <= 4),
        "axes": sum(size > 1 for size, _ in axes), **counter("logit", told.LOGIT),
        **counter("class", told.CLASS_BITS), "answer": told.ANSWER, "step": told.STEP_BITS * (told.STEPS > 1),
        "rule": float(told.RULE > 0),
        "delta": float(told.RULE == 1), "delta logit": (told.RULE == 1) * told.LOGIT,
        "most logit": (told.RULE == 2) * told.LOGIT, "each": float(told.EACH),
        "each step": told.EACH * told.STEP_BITS * (told.STEPS > 1), "one step": float(told.STEPS == 1),
        "step bits": told.STEP_BITS, "most": float(told.RULE == 2),
    }  # fmt: skip


def array(told: Told) -> Features:
    """What joins the parts of a layer: lanes beyond the map, held currents, weighed steps."""
    lanes = told.lanes
    kind = told.word("KIND")
    edge = _edge_lanes(told) if kind != "none" else 0
    once = float(told.HELD == 0 and (told.DRIVEN_ONCE != 0 or told.WEIGHED != 0))
    return {
        "registers": told.R_BITS + 5.0 + told.LATE, "1": 1.0, "block": told.R_BITS, **counter("constants", told.K_BITS),
        "edge lanes": edge, "edge numbers": edge * told.NUMBER,
        "edges": float(edge > 0), "held": (told.HELD != 0) * lanes * told.CURRENT,
        "held initial": (told.HELD != 0) * lanes * told.POTENTIAL, "once": once * lanes * told.DRIVE,
        "weighed": (told.WEIGHED != 0) * lanes * told.TAP * max(1, told.PHASE_BITS),
        "weighed taps": (told.WEIGHED != 0) * lanes * told.TAP, "sources": told.SOURCES,
        "more sources": float(told.SOURCES > 1),
        "memo": (told.MEMO > 0) * lanes * told.MEMO * (kind != "latched"), "fires": float(kind != "none"),
        "steps": float(told.STEPS > 1),
    }  # fmt: skip


def _edge_lanes(told: Told) -> int:
    """Lanes that lie beyond the map in the last block of an axis."""
    c_most = (told.GROUPS - 1) * (1 if told.APART > 1 else told.CHANNELS)
    y_most, x_most = (told.BLOCKS_Y - 1) * told.BANKS_Y, (told.BLOCKS_X - 1) * told.BANKS_X
    found = 0
    for n in range(told.lanes):
        c, y, x = n % told.CHANNELS * told.APART, n // told.CHANNELS // told.BANKS_X, n // told.CHANNELS % told.BANKS_X
        found += c_most + c >= told.C_SIZE or y_most + y >= told.Y_SIZE or x_most + x >= told.X_SIZE
    return found


def begins(told: Told) -> Features:
    """A counter of tokens."""
    return {
        "registers": registers.begins(told),
        "1": 1.0,
        "bits": (told.TOKENS > 1) * told.BITS,
        "many": float(told.TOKENS > 1),
    }


def frame(told: Told) -> Features:
    """A counter of words."""
    return {"registers": 1.0 + told.BITS, "1": 1.0, "bits": (told.COUNT > 1) * told.BITS}


def gate(told: Told) -> Features:
    """A counter of tokens, and whether an inference is under way."""
    return {
        "registers": 2.0 + told.BITS,
        "1": 1.0,
        "bits": (told.TOKENS > 1) * told.BITS,
        "many": float(told.TOKENS > 1),
    }


def delay(told: Told) -> Features:
    """Registers behind each other."""
    return {"registers": float(told.WIDTH * told.CYCLES)}


def step_value(told: Told) -> Features:
    """A counter of steps, and the number of each."""
    return {"1": 1.0, "step": (told.STEPS > 1) * told.STEP_BITS, "value": told.VALUE * (told.STEPS > 1)}


def core(told: Told) -> Features:
    """What joins and forks the streams of the layers."""
    return {"forked": told.FORKED, "joined": told.JOINED}
