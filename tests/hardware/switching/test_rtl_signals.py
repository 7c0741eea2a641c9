"""What is a register, and where the memories of modules are."""

from spikewright.hardware.switching.rtl_signals import PORTS, instances, set_by_clock, texts


def test_instances_are_found_whatever_their_parameters() -> None:
    assert instances("sw_array")["banks"] == "sw_banks" and instances("sw_banks")["bank"] == "sw_bank"
    assert instances("sw_memory") == {"rom": "sw_rom"}
    assert instances("sw_fifo") == {} == instances("no module")


def test_every_memory_that_blocks_can_hold_has_its_ports() -> None:
    # Those of queues, codebooks, answers and winners lie in look-up tables; pixels wait outside the core.
    tables = {"sw_fifo", "sw_codebook", "sw_tally", "sw_winners", "sw_encode_steps"}
    assert {name for name, text in texts().items() if "[0:" in text} - tables == set(PORTS)
    for module, ports in PORTS.items():
        for signal in (ports.read, ports.write.rpartition(".")[2]):
            assert not signal or f" {signal}" in texts()[module]


def test_a_bit_counts_in_the_instance_of_its_flip_flop() -> None:
    module = {
        "cells": {
            "$flatten\\a.\\b.$procdff$1": {"type": "$dff", "connections": {"Q": [3, 4]}},
            "$add$2": {"type": "$add", "connections": {"Q": [5]}},
        },
        "netnames": {"wide": {"bits": [3, 4, 5]}, "a.b.q": {"bits": ["0", 4, 3]}, "a.c.in": {"bits": [3]}},
    }
    assert set_by_clock(module) == {"a.b.q": 0b110}
