"""What of a netlist's nets is set by a clock, what by logic, and what opens a block memory."""

from typing import Any

from spikewright.hardware.switching.changes import TracedSignal
from spikewright.hardware.switching.netlist_signals import NetlistWatch, always_open, chosen, opened


def cell(kind: str, outputs: dict[str, list[Any]], inputs: dict[str, list[Any]]) -> dict[str, Any]:
    ways = {**dict.fromkeys(outputs, "output"), **dict.fromkeys(inputs, "input")}
    return {"type": kind, "connections": {**outputs, **inputs}, "port_directions": ways, "attributes": {}}


def module(cells: dict[str, Any], names: dict[str, list[Any]], out: list[Any]) -> dict[str, Any]:
    nets = {name: {"bits": bits, "hide_name": int(name.startswith("$"))} for name, bits in names.items()}
    return {"cells": cells, "netnames": nets, "ports": {"q": {"direction": "output", "bits": out}}, "attributes": {}}


INNER = module(
    {
        "ff": cell("FDRE", {"Q": [2]}, {"D": [3], "C": [9]}),
        "ff2": cell("FDRE", {"Q": [4]}, {"D": [3], "C": [9]}),
        "lut": cell("LUT2", {"O": [3]}, {"I0": [2], "I1": [2]}),
    },
    {"$auto$1": [2], "q": [2, 4], "$abc$2": [3]},
    [2],
)


def test_bits_that_nothing_reads_do_not_count() -> None:
    found = chosen(INNER, lambda _: False)
    assert (found["q"].registers, found["q"].nets) == (1, 0)  # bit 4 goes nowhere
    assert found["$abc$2"].nets == 1 and "$auto$1" not in found


def test_instances_are_walked_by_their_names() -> None:
    top = module({"a.b": cell("inner", {"q": [5]}, {})}, {"x": [5]}, [5])
    watch = NetlistWatch({"modules": {"top": top, "inner": INNER, "FDRE": {"attributes": {"blackbox": 1}}}}, "top")
    assert watch.modules == {(): "top", ("a.b",): "inner"}
    (tally,) = watch(TracedSignal(("bench", "core", "a.b"), "q", "wire", 2))
    tally.toggles = 5
    assert not list(watch(TracedSignal(("bench", "core"), "x", "wire", 1)))
    assert watch.counts.switching("xc7", 10_000).whole.register_toggles == 5


def test_ports_of_block_memories() -> None:
    wide = cell("DP16KD", {"DOB0": [7]}, {"CEA": ["1"], "WEA": ["1"], "ADA0": [8], "CEB": [6], "WEB": ["0"]})
    assert list(opened(module({"m": wide}, {}, [7]))) == [("writes", 8), ("reads", 6)]
    first = {"ENARDEN": ["1"], "WEA": ["0", "0"], "ENBWREN": [4], "WEBWE": ["1", "1"]}
    block = module({"m": cell("RAMB18E1", {"DOADO": [7, 8]}, first)}, {}, [7])
    assert list(opened(block)) == [("reads", "1"), ("writes", 4)]
    assert always_open(block) == {"reads": 1}
