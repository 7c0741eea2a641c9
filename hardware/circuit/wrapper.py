"""The core behind AXI streams in Verilog: pixels or events in, answers out."""

from math import prod

from spikewright.hardware.circuit.encoders import check_pixels, encoder, pixel_bits
from spikewright.hardware.circuit.loading import load_table, loader
from spikewright.hardware.circuit.readouts import answer_bits
from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.circuit.verilog import instance
from spikewright.hardware.circuit.words import address_bits
from spikewright.snn import Network

_HEAD = """\
// The core behind AXI streams. A word of TDATA is as wide as whole bytes; what it holds stands in its lowest bits.
//
// s_axis: an inference is a frame. {told}
//   TLAST stands at its last word. The core itself counts words, and `misframed` says, until a reset, that TLAST was elsewhere.
// m_axis: an answer is a frame of {words} words with a sign: the class (number of the neuron with the largest logit), the steps
//   that were taken, and the logits of the {neurons} neurons of the output, row-major over (channel, row, column).
// A reset (ARESETN low at a rising edge) at any time begins anew: what was under way is lost, memories keep what was loaded. A
// row that is loaded is such a reset of everything but the loader."""


def checked_ends(network: Network, loads: bool, pixels: int | None) -> Ends:
    """How the core of a network is reached. Raises InvalidInput for pixels that no circuit makes its code of."""
    if pixels is not None:
        check_pixels(network, pixels)
    return Ends(pixels, loads)


def input_bits(circuit: Circuit) -> int:
    """Bits of a word of the input: a pixel, or an event."""
    return circuit.event_bits(circuit.network.input) if circuit.ends.pixels is None else pixel_bits(circuit.ends.pixels)


def whole_bytes(bits: int) -> int:
    """Bits of so many whole bytes as hold `bits`."""
    return 8 * -(-bits // 8)


def axis_wrapper(circuit: Circuit, core: str) -> str:
    """The module `sw_axis` around `sw_core`, whose text is `core`."""
    word, answer = whole_bytes(input_bits(circuit)), whole_bytes(answer_bits(circuit))
    ports = ["input aclk", "input aresetn", f"input [{word - 1}:0] s_axis_tdata", "input s_axis_tvalid"]
    ports += ["output s_axis_tready", "input s_axis_tlast", f"output [{answer - 1}:0] m_axis_tdata"]
    ports += ["output m_axis_tvalid", "input m_axis_tready", "output m_axis_tlast", "output misframed"]
    if circuit.ends.loads:
        ports += ["input [31:0] s_load_axis_tdata", "input s_load_axis_tvalid", "output s_load_axis_tready"]
        ports += ["input s_load_axis_tlast"]
    told = [load_table(core)] if circuit.ends.loads else []
    lines = [_head(circuit), *told, "module sw_axis (", "    " + ",\n    ".join(ports), ");"]
    lines += [loader(core)] if circuit.ends.loads else ["wire rst = !aresetn;"]
    lines += ["wire clk = aclk;", f"wire signed [{answer_bits(circuit) - 1}:0] answer;"]
    bits = answer_bits(circuit)
    lines += [f"assign m_axis_tdata = {{{{{answer - bits + 1}{{answer[{bits - 1}]}}}}, answer[{bits - 2}:0]}};"]
    lines += [_events(circuit), _frame(circuit), _core(circuit)]
    return "\n".join([*lines, "endmodule\n"])


def _head(circuit: Circuit) -> str:
    network = circuit.network
    size = network.by_name[network.output].size
    names, pixels = ("token", "c", "y", "x", "value"), circuit.ends.pixels
    widths = (1, *circuit.coordinate_bits(network.input), circuit.value_bits(network.input))
    if pixels is not None:
        told = f"Its words are pixels k = 0 .. {pixels} (k / {pixels}), row-major over (channel, row, column)."
    else:
        fields = ", ".join(f"{name} {bits}" for name, bits in zip(names, widths, strict=True))
        zeros = " Each pixel has one, zeros too." if circuit.quantised else ""
        told = f"Its words are events, from the lowest bit on: {fields} bits.\n//   A word with token = 1 ends a step.{zeros}"
    return _HEAD.format(told=told, words=size + 2, neurons=size)


def _events(circuit: Circuit) -> str:
    """The events of the core's input, of the stream or of an encoder."""
    bits = circuit.event_bits(circuit.network.input)
    lines = [f"wire event_valid, event_ready, in_drops; wire [{bits - 1}:0] event_word;"]
    if circuit.ends.pixels is None:
        lines += ["assign event_valid = s_axis_tvalid;", "assign s_axis_tready = event_ready;"]
        return "\n".join([*lines, f"assign event_word = s_axis_tdata[{bits - 1}:0];"])
    lines += [
        f"wire [{pixel_bits(circuit.ends.pixels) - 1}:0] pixel = s_axis_tdata[{pixel_bits(circuit.ends.pixels) - 1}:0];"
    ]
    lines += ["wire pixel_valid = s_axis_tvalid;", "wire pixel_ready;", "assign s_axis_tready = pixel_ready;"]
    return "\n".join([*lines, encoder(circuit, circuit.ends.pixels)])


def _frame(circuit: Circuit) -> str:
    network = circuit.network
    tokens = 1 if circuit.once(network.input) else network.steps
    count = tokens if circuit.ends.pixels is None else prod(network.by_name[network.input].shape)
    ports = {"rst": "rst", "moves": "s_axis_tvalid && s_axis_tready", "last": "s_axis_tlast", "misframed": "misframed"}
    ports |= {"unit": "event_word[0]" if circuit.ends.pixels is None else "1'b1"}
    return instance("sw_frame", "frame", {"COUNT": count, "BITS": address_bits(count)}, ports)


def _core(circuit: Circuit) -> str:
    ports = {"rst": "rst", "in_valid": "event_valid", "in_ready": "event_ready", "in_event": "event_word"}
    ports |= {"in_drops": "in_drops", "answer_valid": "m_axis_tvalid", "answer_ready": "m_axis_tready"}
    ports |= {"load_bus": "load_bus"} if circuit.ends.loads else {}
    ports |= {"answer_word": "answer", "answer_last": "m_axis_tlast"}
    return instance("sw_core", "core", {}, ports)
