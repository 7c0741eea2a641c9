"""The models of `core.json` for the circuit: events, answers, modules, memories, proofs and estimates."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from spikewright.hardware.core.schema_parts import CoreRecord, Count, Name, Sha256
from spikewright.hardware.placement import Role, Style

Bits = Annotated[int, Field(ge=1, le=4096)]
Amount = Annotated[int, Field(ge=0, le=2**62)]
File = Annotated[str, Field(max_length=200)]
AnyFile = Annotated[str, Field(pattern=r"^([a-z]+/)?[A-Za-z0-9_]+(\.[a-z]+(\.[0-9]{4}\.mem)?)?$", max_length=200)]


class CoreEvent(CoreRecord):
    """An event as a word: token in bit 0, then c, y, x and value, so many bits each, the lowest first.

    A token ends a step; its other bits say nothing. `form` of the value: "plain" (1, a spike), "sign" (1: minus one, 0: one),
    "unsigned", "signed" (two's complement). `times`: the value is the number that is sent times this.
    """

    bits: tuple[Literal[1], Bits, Bits, Bits, Bits]
    form: Literal["plain", "sign", "unsigned", "signed"]
    times: Count


class CoreInstance(CoreRecord):
    """An instance of a module of `rtl/` in the top level, with its parameters: numbers, and names of files in `mem/`.

    `part`: the population or projection that it belongs to; null for what belongs to the core.
    """

    module: Name
    name: Name
    part: Name | None
    parameters: dict[str, int | str]


class CorePlaced(CoreRecord):
    """A memory of the circuit, or `count` that are alike: `words` of `bits`, in registers, look-up tables or block memories.

    `blocks`: block memories of the device that it takes. `file`: what it is loaded with, in `mem/`, a hex word a line.
    `column`: bits of the columns that the Verilog cuts its words into, the lowest first; 0: into none. Column 12 begins with
    `file` and ".0012.mem" behind it.
    """

    name: Name
    part: Name
    role: Role
    words: Count
    bits: Annotated[int, Field(ge=1, le=2**24)]
    count: Count
    style: Style
    blocks: Amount
    file: File | None
    column: Annotated[int, Field(ge=0, le=2**24)] = 0


class CoreAnswer(CoreRecord):
    """An answer: words of `bits`, two's complement: the class, the steps that were taken, then `logits` logits, row-major."""

    bits: Bits
    logits: Count


class CoreStreams(CoreRecord):
    """The golden traces as words of the circuit, a hex word a line.

    `input` goes in, `events` are what each population sends, in the order in which it does, `answers` come out. `cycles`: those
    in which the last word of each answer is handed over, from the first cycle after reset; null where they are not known.
    `counts`: with an early decision, how many words a population sends in each inference, of which the last may be cut off.
    """

    later: ClassVar[frozenset[str]] = frozenset({"counts"})
    input: AnyFile
    events: dict[Name, AnyFile]
    answers: AnyFile
    cycles: list[Amount] | None = None
    counts: dict[Name, list[Amount]] | None = None


class CoreLoad(CoreRecord):
    """A memory that can be filled at run time: its `number` on the stream `s_load_axis` of `sw_axis`, from 1 on, `rows` of
    `bits`, and the `file` that it begins with. `name`: instance.memory.

    A frame is a word with the number, a word with the first row, then rows: each as ceil(bits / 32) words, the lowest first.
    """

    number: Annotated[int, Field(ge=1, le=2**16)]
    name: Name
    file: File
    rows: Count
    bits: Annotated[int, Field(ge=1, le=2**24)]


class CoreCircuit(CoreRecord):
    """The circuit in `rtl/` and `mem/`; `top` is the module in `rtl/core.v`. All streams are handed over when valid and ready are
    both high at a rising edge of `clk`.

    `pixels`: `sw_axis` takes images of pixels k / `pixels`, one a word; null where it takes events as `top` does. `loads`: the
    memories that can be filled at run time; null where none can.
    """

    later: ClassVar[frozenset[str]] = frozenset({"pixels", "loads"})
    top: Name
    events: dict[Name, CoreEvent]
    answer: CoreAnswer
    instances: Annotated[list[CoreInstance], Field(max_length=100_000)]
    memories: Annotated[list[CorePlaced], Field(max_length=100_000)]
    streams: CoreStreams
    pixels: Annotated[int, Field(ge=1, le=65535)] | None = None
    loads: Annotated[list[CoreLoad], Field(max_length=100_000)] | None = None


class CoreProof(CoreRecord):
    """What was proved of a module with some parameters: the law in words, by which tools, to which depth of induction.

    "open": neither proved nor refuted. `source`: SHA-256 of the law and of the Verilog that it was proved of.
    """

    name: Name
    module: Name
    says: str
    parameters: dict[str, int | str]
    status: Literal["proved", "refuted", "open"]
    depth: Annotated[int, Field(ge=1)]
    tool: str
    source: Sha256


class CoreEstimate(CoreRecord):
    """An estimate with its interval, for the activity of the golden inputs."""

    name: Name
    value: float
    low: float
    high: float
