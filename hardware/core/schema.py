"""The models of `core.json`: everything that a circuit needs to know, apart from the words in its memories.

Version 1. Addresses are C, H, W row-major. All numbers are integers but the clock and `logit_scale`. The JSON schema of
these models is shipped as `core.schema.json`; `schema_text` makes it.
"""

import json
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.json_schema import GenerateJsonSchema

from spikewright.hardware.core.schema_circuit import AnyFile, CoreCircuit, CoreEstimate, CoreProof
from spikewright.hardware.core.schema_codes import Code, Decision
from spikewright.hardware.core.schema_neurons import Neuron
from spikewright.hardware.core.schema_parts import (
    CoreMemory,
    CoreOrder,
    CoreRecord,
    Count,
    Dimensions,
    FilePath,
    Name,
    Pair,
    Sha256,
    Values,
    title,
)
from spikewright.hardware.core.schema_synapses import Synapse

SCHEMA_FILE = "core.schema.json"
MAX_ITEMS = 10_000


class CorePopulation(CoreRecord):
    """Neurons of one kind; `accumulator_bits` hold any S + b of a step, the potential saturates at `potential_bits`.

    `lanes` are (channels, rows, columns) that work at a time, their product P = `physical_neurons`. Older cores say
    `kernel_lanes` alone: P / kernel_lanes channels at so many positions.
    """

    name: Name
    shape: Dimensions
    neuron: Neuron
    bias: Values
    initial: Values
    potential_bits: Annotated[int, Field(ge=2, le=62)] | None
    accumulator_bits: Annotated[int, Field(ge=1, le=80)] | None
    physical_neurons: Count | None
    kernel_lanes: Count | None = None
    lanes: tuple[Count, Count, Count] | None = None


class CoreProjection(CoreRecord):
    """Spikes of `source` through `synapse` into `target` (channels `[start, stop)` of it), sums times 2**shift.

    What is sent in step t arrives in step t + `delay`. With an `order` other neurons stand where those of the source did; pool
    and synapse see these.
    """

    later: ClassVar[frozenset[str]] = frozenset({"delay", "order"})
    name: Name
    source: Name
    target: Name
    synapse: Synapse
    pool: Pair
    channels: tuple[Annotated[int, Field(ge=0)], Count] | None
    shift: Annotated[int, Field(ge=0, le=32)]
    weight_bits: Annotated[int, Field(ge=1, le=64)]
    delay: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    order: CoreOrder | None = None


Finite = Annotated[float, Field(allow_inf_nan=False)]


class CoreRun(CoreRecord):
    """How the network must be run: `fixed`, why the steps of the code must stay (null: any will do), `largest`, the largest
    magnitude of the samples that it was made from (null: unknown), and `input_range`, low and high of inputs that whoever feeds
    the core scales to x = (input - low) / (high - low); left out where they are x."""

    later: ClassVar[frozenset[str]] = frozenset({"input_range"})
    fixed: Annotated[str, Field(max_length=1000)] | None = None
    largest: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    input_range: tuple[Finite, Finite] | None = None


class CoreTrace(CoreRecord):
    """A text file, a line per sample and step: the addresses that fire, `address:number` where not all numbers are 1."""

    file: FilePath
    rows: Count
    events: Annotated[int, Field(ge=0, le=2**40)]
    size: Annotated[int, Field(ge=0, le=2**40)]
    sha256: Sha256


class CoreGolden(CoreRecord):
    """Inputs and what the network answers: `images` (float32 bit patterns), `spikes` by population, `potentials` by
    population `(samples, steps, neurons)` after each step, final `logits`. Of a camera there are no images; `spikes` of the input
    are its events. Behind an early decision there are no spikes, and potentials are 0."""

    samples: Annotated[int, Field(ge=1, le=100_000)]
    origin: Literal["given", "synthetic"]
    images: CoreMemory | None
    spikes: dict[Name, CoreTrace]
    potentials: dict[Name, CoreMemory] = Field(default_factory=dict)
    logits: CoreMemory


class CoreRow(CoreRecord):
    """One line of the report that the conversion left with the network."""

    layer: str
    kind: str
    action: Literal["kept", "folded", "rewritten", "refused", "rounded", "note"]
    detail: str
    parameters: int
    neurons: int


class Core(CoreRecord):
    """The whole of `core.json`.

    `checksum`: the SHA-256 of its text with 64 zeros in this place. `files`: the SHA-256 of every other file. Where there is no
    circuit for the network, `without_circuit` says why. Version 1 had none of these, no circuit, and memories in `memories/`.
    """

    later: ClassVar[frozenset[str]] = frozenset({"decision"})
    format: Literal["spikewright-core"] = "spikewright-core"
    version: Literal[1, 2] = 2
    checksum: Sha256 | None = None
    generator: str
    device: Name
    clock_mhz: Annotated[float, Field(ge=0.001, le=2000)]
    address_order: Literal["CHW"] = "CHW"
    input: Name
    output: Name
    code: Code
    schedule: Literal["synchronous", "layerwise"]
    readout: Literal["count", "potential", "first"]
    logit_scale: Finite
    decision: Decision | None = None
    populations: Annotated[list[CorePopulation], Field(min_length=1, max_length=MAX_ITEMS)]
    projections: Annotated[list[CoreProjection], Field(max_length=MAX_ITEMS)]
    report: list[CoreRow]
    run: CoreRun = CoreRun()
    golden: CoreGolden
    circuit: CoreCircuit | None = None
    without_circuit: str | None = None
    estimates: list[CoreEstimate] = Field(default_factory=list)
    proofs: list[CoreProof] = Field(default_factory=list)
    files: dict[AnyFile, Sha256] = Field(default_factory=dict)


class _PlainNames(GenerateJsonSchema):
    """Definitions are named as their titles are."""

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(title(name))


def schema_text() -> str:
    """The JSON schema of `Core` as the text of `core.schema.json`."""
    return json.dumps(Core.model_json_schema(schema_generator=_PlainNames), indent=2, sort_keys=True) + "\n"
