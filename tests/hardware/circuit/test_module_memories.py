"""A memory inside a module is one, is read only and is loaded with nothing, unless more is said."""

from spikewright.hardware.circuit.module_memories import ModuleMemory


def test_what_is_not_said() -> None:
    one = ModuleMemory("words", "queue", 4, 9)
    assert (one.kind, one.count, one.parameter) == ("read", 1, "")
