"""Neurons: `sw_lane` without its law, the laws, and the divider that two of them have."""

from spikewright.hardware.area.features.told import Features, Told

MOST_WORD = 24
"""Bits of a word up to which each width has a term of its own, since chains of two and four bits make steps."""


def lane(told: Told) -> Features:
    """The addition of a tap, the saturation of U, and the word of the next step."""
    kind, word, potential = told.word("KIND"), told.WORD, told.POTENTIAL
    plain = float(kind not in ("latched", "gate"))
    leaks = float(told.LEAK > 0)
    found = {
        "1": 1.0, "word": word, "potential": potential * (kind != "latched"), "beyond": max(0, word - told.SATURATED),
        "narrow tap": max(0, word - told.TAP), "narrow drive": max(0, word - told.DRIVE), "leak": leaks,
        "leak potential": leaks * potential, "leak shift": leaks * told.LEAK, "gate": float(kind == "gate"),
        "gate word": (kind == "gate") * word,
        "latched": float(kind == "latched"), "latched word": (kind == "latched") * word,
        "latched memo": (kind == "latched") * told.MEMO, "plain": plain, "plain word": plain * word,
        "narrow limit": float(told.SATURATED < potential) * potential, "chains": -(-word // 2), **_lane_registers(told),
    }  # fmt: skip
    if kind not in ("latched", "gate"):
        found |= {f"from {bits}": 1.0 for bits in range(5, min(word, MOST_WORD) + 1)}
    return found | {f"{kind} potential": potential * 1.0 for kind in (kind,) if kind in ("ramp", "none", "stepped")}


def _lane_registers(told: Told) -> Features:
    """U, V and the word that is written, whose highest bits are equal where nothing wide flows in: two terms, or three."""
    kind, word, potential = told.word("KIND"), told.WORD, told.POTENTIAL
    if kind == "latched":
        return {"registers": 2.0 * word + 1}
    return {"registers": float(2 * potential + min(word, max(potential, told.DRIVE) + 1 + (told.LEAK > 0)))}


def _threshold(told: Told) -> Features:
    word, potential = told.WORD if "WORD" in told.parameters else told.POTENTIAL, told.POTENTIAL
    return {"1": 1.0, "compared": max(word, told.THRESHOLD), "threshold": told.THRESHOLD, "potential": potential}


def integrate_and_fire(told: Told) -> Features:
    """A comparison, and the potential less the threshold, or zero."""
    found = _threshold(told)
    zero = float(told.RESET_ZERO != 0)
    less = 1 - zero
    return found | {
        "zero": zero, "zero potential": zero * told.POTENTIAL, "less": less * max(told.POTENTIAL, told.THRESHOLD),
        "less potential": less * told.POTENTIAL, "registers": 1 + less * told.THRESHOLD,
    }  # fmt: skip


def signed(told: Told) -> Features:
    """Two additions, of which one is taken, and a count."""
    limited = float(told.LIMIT > 0)
    registers = 2.0 + told.THRESHOLD + told.COUNT
    return _threshold(told) | {
        "count": told.COUNT, "limited": limited, "limited count": limited * told.COUNT, "registers": registers
    }  # fmt: skip


def ternary(told: Told) -> Features:
    """Two comparisons and two additions."""
    return _threshold(told) | {"registers": 2.0 + 2 * told.THRESHOLD}


def deaf(told: Told) -> Features:
    """A comparison, a subtraction, and steps that are counted."""
    zero = float(told.RESET_ZERO != 0)
    steps = told.MEMO if zero else told.MEMO - told.POTENTIAL
    registers = 1 + told.MEMO + (1 - zero) * told.THRESHOLD
    return integrate_and_fire(told) | {
        "steps": steps,
        "zero steps": zero * steps,
        "memo": told.MEMO,
        "registers": registers,
    }


def latched(told: Told) -> Features:
    """A sum that is saturated and compared."""
    registers = 3.0 * told.WORD + told.THRESHOLD + told.POTENTIAL + 4
    beyond = max(0, told.WORD + 1 - told.POTENTIAL)
    return _threshold(told) | {"word": told.WORD, "beyond": beyond, "registers": registers}


def stepped(told: Told) -> Features:
    """A comparison and a subtraction behind registers."""
    registers = 1.0 + told.POTENTIAL + told.THRESHOLD + (told.RESET_ZERO == 0) * min(told.THRESHOLD, told.POTENTIAL)
    return integrate_and_fire(told) | {"registers": registers}


def gate(told: Told) -> Features:
    """The difference of two counts within its limit."""
    limited = float(told.LIMIT > 0)
    return {
        "1": 1.0, "word": told.WORD, "sent": told.SENT, "limited": limited, "limited word": limited * told.WORD,
        "offset": float(told.OFFSET != 0), "offset word": float(told.OFFSET != 0) * told.WORD, "number": told.NUMBER,
        "potential": told.POTENTIAL * (1 - min(1, told.FRESH)),
        "registers": float(told.WORD + 1 + told.SENT if told.LIMIT else max(told.NUMBER, told.SENT) + told.SENT),
    }  # fmt: skip


def ramp(told: Told) -> Features:
    """A shift and a limit, or what goes in front of a division."""
    shifted = float(0 <= told.SLOT_SHIFT) if "SLOT_SHIFT" in told.parameters else float(0 <= told.SHIFT < 1 << 31)
    return {
        "shifted": shifted, "shifted potential": shifted * told.POTENTIAL, "shifted number": shifted * told.NUMBER,
        "divided": 1 - shifted, "divided potential": (1 - shifted) * told.POTENTIAL,
        "registers": told.NUMBER if shifted else told.POTENTIAL + 1,
    }  # fmt: skip


def burst(told: Told) -> Features:
    """The threshold, one cycle later; the division is a module of its own."""
    return {"registers": float(told.THRESHOLD)}


def quotient(told: Told) -> Features:
    """For each bit a subtraction, a choice, and what moves on."""
    bits, dividend, divisor = told.BITS, told.DIVIDEND, told.DIVISOR
    widths = sum(max(dividend, divisor + at) + 1 for at in range(bits))
    limited = float(told.LIMIT != (1 << bits) - 1)
    return {
        "bits": bits, "subtracted": widths, "chosen": bits * dividend, "divisor": max(0, bits - 1) * divisor,
        "found": bits * (bits + 1) // 2, "limited": limited * bits,
        **_divider_registers(told, limited),
    }  # fmt: skip


def _divider_registers(told: Told, limited: float) -> Features:
    """Bits that only move on for three cycles and more are no flip-flops on series 7."""
    bits = told.BITS
    found = 0 if limited else sum(length for length in range(3, bits + 1))
    passed = sum(bits - 1 - at for at in range(min(told.DIVIDEND, bits)) if bits - 1 - at >= 3)
    every = bits * told.DIVIDEND + (bits - 1) * told.DIVISOR + bits * (bits + 1) // 2
    moved = float(found + passed)
    return {"registers": every - moved, "registers moved": moved, "moved": float(bits >= 4) * bits}
