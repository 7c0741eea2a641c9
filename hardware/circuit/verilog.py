"""Pieces of Verilog text: wires, and instances of the modules in `hardware/rtl`."""

from collections.abc import Mapping


def wire(name: str, bits: int = 1) -> str:
    """A declaration."""
    return f"wire {name};" if bits == 1 else f"wire [{bits - 1}:0] {name};"


def instance(module: str, name: str, parameters: Mapping[str, int | str], ports: Mapping[str, str]) -> str:
    """A module with its parameters and ports by name; strings are file names, numbers go as they are.

    One that is wider than 32 bits is told in whole words of 32: what a module reads above its last bit is then 0, not unknown.
    """
    given = ", ".join(f".{key}({_literal(value)})" for key, value in parameters.items())
    wired = ", ".join(f".{key}({value})" for key, value in ports.items())
    head = f"{module} #({given})\n    {name}" if parameters else f"{module} {name}"
    return f"{head} (.clk(clk), {wired});"


def _literal(value: int | str) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return str(value) if -(2**31) <= value < 2**31 else f"{-(-value.bit_length() // 32) * 32}'d{value}"


def part(name: str, low: int, bits: int) -> str:
    """Bits of a vector."""
    return f"{name}[{low + bits - 1}:{low}]"
