"""The core with its events brought out: what all simulators run."""

from dataclasses import dataclass

from spikewright import InvalidInput
from spikewright.hardware.circuit.readouts import answer_bits
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.cosim.record import ANSWER, OVER

SLOT = 64
"""Bits of a place for an event."""


@dataclass(frozen=True, eq=False)
class Watched:
    """A circuit whose module `sw_watched` is `sw_core` with ports for what its populations send.

    Slot i belongs to `senders[i]`, a population, or ANSWER or OVER: `moved[i]` is high in a cycle in which one of its events is
    taken, and the event is in bits 64 i and up of `events`. All ports are as wide as whole words of 32 bits, and at least three
    of them.
    """

    circuit: Circuit

    @property
    def senders(self) -> tuple[int, ...]:
        """The numbers of the populations that send, but for the input; then what the core itself says."""
        return (*(self.circuit.numbers[p.name] for p in self.circuit.senders), ANSWER, OVER)

    @property
    def moved_bits(self) -> int:
        """Bits of the port `moved`."""
        return _whole(len(self.senders) + 1)

    @property
    def events_bits(self) -> int:
        """Bits of the port `events`."""
        return _whole(len(self.senders) * SLOT)

    @property
    def used_bits(self) -> int:
        """Bits of a block of potentials; a MAC core sends them as events."""
        if self.circuit.quantised:
            return 1
        out = self.circuit.network.by_name[self.circuit.network.output]
        return self.circuit.blocks(out).lanes.count * out.width

    @property
    def answer_bits(self) -> int:
        """Bits of the port `words`, which has them lowest."""
        return _whole(self.used_bits)

    def text(self) -> str:
        """The module in Verilog: that of the circuit's `core.v` with other ports. Raises InvalidInput for wider events."""
        wide = [name for name in self.circuit.numbers if self.circuit.event_bits(name) >= SLOT]
        wide += ["the answers"] if answer_bits(self.circuit) >= SLOT else []
        if wide:
            raise InvalidInput(f"expected events of fewer than {SLOT} bits, got more of {wide[0]!r}")
        core = (self.circuit.folder / "core.v").read_text()
        ports, _, body = core.partition("module sw_core (\n")[2].partition(");\n")
        return "\n".join((self._head(), *map(_inside, ports.split(", ")), self._watches(), body))

    def _head(self) -> str:
        ports = ["input clk", "input rst", "input in_valid", "output in_ready", f"input [{SLOT - 1}:0] in_word"]
        ports += [f"output [{self.moved_bits - 1}:0] moved", f"output [{self.events_bits - 1}:0] events"]
        ports += ["output read", f"output [{self.answer_bits - 1}:0] words", "output finished"]
        return f"module sw_watched (\n    {', '.join(ports)}\n);"

    def _watches(self) -> str:
        n = self.circuit.numbers[self.circuit.network.output]
        lines = [f"assign in_event = in_word[{self.circuit.event_bits(self.circuit.network.input) - 1}:0];"]
        lines += [f"wire read{n} = 1'b0; wire words{n} = 1'b0;"] if self.circuit.quantised else []
        lines += [f"assign read = read{n}; assign finished = over;"]
        lines += [f"assign words = {_filled(f'words{n}', self.used_bits, self.answer_bits)};"]
        for slot, number in enumerate(self.senders):
            moves, event, bits = self._watched(number)
            lines.append(f"assign moved[{slot}] = {moves};")
            lines.append(f"assign events[{SLOT * slot}+:{SLOT}] = {_filled(event, bits, SLOT)};")
        count = len(self.senders)
        lines.append(f"assign moved[{self.moved_bits - 1}:{count}] = 0;")
        if count * SLOT < self.events_bits:
            lines.append(f"assign events[{self.events_bits - 1}:{count * SLOT}] = 0;")
        return "\n".join(lines)

    def _watched(self, number: int) -> tuple[str, str, int]:
        """When something of a slot is taken, what, and its bits."""
        if number == ANSWER:
            return "answer_valid && answer_ready", "{answer_word, answer_last}", answer_bits(self.circuit) + 1
        if number == OVER:
            return "over", "early", 1
        bits = self.circuit.event_bits(self.circuit.network.order[number].name)
        return f"e{number}_valid && e{number}_ready", f"e{number}_event", bits


def _whole(bits: int) -> int:
    return 32 * max(3, -(-bits // 32))


def _inside(port: str) -> str:
    """A port of `sw_core` as a wire of `sw_watched`; what waits for a `ready` need not wait, and nothing else is asked."""
    way, *rest = port.split()
    name = rest[-1]
    if name in ("clk", "rst", "in_valid", "in_ready"):
        return ""
    tied = (
        "" if way == "output" or name == "in_event" else f"assign {name} = {'1' if name.endswith('_ready') else '0'};"
    )
    return f"wire {' '.join(rest)}; {tied}"


def _filled(name: str, bits: int, width: int) -> str:
    return name if bits == width else f"{{{width - bits}'d0, {name}}}"
