"""Codes in Verilog: a circuit that takes pixels, and makes of them what the input population sends."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import as_map
from spikewright.hardware.circuit.verilog import instance
from spikewright.hardware.circuit.words import address_bits, hex_word
from spikewright.snn import Bursts, Network, PhaseCode, RateCode, SingleBurst, SpikeSelectCode
from spikewright.snn.codes import Code
from spikewright.snn.reference.codes import SPIKES

TABLED = (RateCode, Bursts, SpikeSelectCode, SingleBurst, PhaseCode)
"""Codes whose spikes follow from the step and the level of a pixel; those that send once (Direct, TtfsCode) need no table."""
TABLE = "encode.mem"


def check_pixels(network: Network, levels: int) -> None:
    """Raise InvalidInput unless the code of `network` can be made of pixels k / `levels`, k = 0 .. `levels`, in a circuit."""
    code, name = network.code, type(network.code).__name__
    if not code.graded and type(code) not in TABLED:
        known = ", ".join(("Direct", "TtfsCode", *(one.__name__ for one in TABLED)))
        raise InvalidInput(
            f"expected a code that a circuit makes of pixels ({known}), got {name}; try events, pixels=None"
        )
    if isinstance(levels, bool) or not isinstance(levels, int) or not 1 <= levels <= 65535:
        raise InvalidInput(f"expected pixels of 1 to 65535 levels, got {levels!r}; try 255")
    if code.graded and code.levels != levels:
        raise InvalidInput(f"expected pixels of {code.levels} levels, those of the code, got {levels}; try that many")


def pixel_bits(levels: int) -> int:
    """Bits of a pixel of so many levels above 0."""
    return levels.bit_length()


def sent_of_levels(code: Code, levels: int) -> NDArray[np.int64]:
    """What a pixel k / `levels` in float32 sends in each step, `(steps, levels + 1)`: asked of the engine itself."""
    given = (np.arange(levels + 1) / levels).astype(np.float32).astype(np.float64)
    unused: Any = None  # draws
    return np.stack(list(SPIKES[type(code)](code, given, unused))).astype(np.int64)


def encoder(circuit: Circuit, levels: int) -> str:
    """The Verilog from `pixel`, `pixel_valid`, `pixel_ready` to `event_word`, `event_valid`, `event_ready`; writes its table."""
    name = circuit.network.input
    shape, bits = as_map(circuit.network.by_name[name].shape), circuit.coordinate_bits(name)
    parameters: dict[str, int | str] = {}
    for axis, size, width in zip("CYX", shape, bits, strict=True):
        parameters |= {f"{axis}_SIZE": size, f"{axis}_BITS": width}
    parameters |= {"LEVEL": pixel_bits(levels), "VALUE": circuit.value_bits(name)}
    ports = {"rst": "rst", "in_valid": "pixel_valid", "in_ready": "pixel_ready", "in_pixel": "pixel"}
    ports |= {"out_valid": "event_valid", "out_ready": "event_ready"}
    ports |= {f"out_{what}": f"event_{what}" for what in ("token", "c", "y", "x", "value")}
    lines = [f"wire [{width - 1}:0] event_{axis};" for axis, width in zip("cyx", bits, strict=True)]
    lines += [f"wire event_token; wire [{circuit.value_bits(name) - 1}:0] event_value;"]
    lines += ["assign event_word = {event_value, event_x, event_y, event_c, event_token};"]
    if circuit.once(name):
        parameters |= {"TIMES": circuit.times(name), "ZEROS": int(circuit.quantised)}
        return "\n".join([*lines, instance("sw_encode_values", "encode", parameters, ports)])
    _write_table(circuit, levels)
    steps = circuit.network.steps
    parameters |= {"N_BITS": address_bits(int(np.prod(shape))), "STEPS": steps, "STEP_BITS": address_bits(steps)}
    return "\n".join(
        [*lines, instance("sw_encode_steps", "encode", parameters | {"TABLE": TABLE}, ports | {"skips": "in_drops"})]
    )


def _write_table(circuit: Circuit, levels: int) -> None:
    """What each level sends in each step, `{step, level}`; rows that no pixel reads are 0."""
    bits = circuit.value_bits(circuit.network.input)
    rows = np.zeros((1 << address_bits(circuit.network.steps), 1 << pixel_bits(levels)), np.int64)
    sent = sent_of_levels(circuit.network.code, levels)
    rows[: sent.shape[0], : sent.shape[1]] = sent
    circuit.store(TABLE, (hex_word([(int(number), bits)]) for number in rows.reshape(-1)))
