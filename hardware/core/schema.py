"""The models of `core.json`: everything that a circuit needs to know, apart from the words in its memories.

Version 1. Addresses are C, H, W row-major. All numbers are integers but the clock and `logit_scale`. The JSON schema of
these models is shipped as `core.schema.json`; `schema_text` makes it.
"""

import json
from math import prod
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

VERSION = 1
FORMAT = "spikewright-core"
SCHEMA_FILE = "core.schema.json"
MAX_WORDS = 2**26
MAX_ITEMS = 10_000


def _not_huge(shape: list[int]) -> list[int]:
    if prod(shape) > MAX_WORDS:
        raise ValueError(f"expected at most {MAX_WORDS} words or neurons, got shape {shape}")
    return shape


Name = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]
Pair = tuple[Count, Count]
Offsets = tuple[Annotated[int, Field(ge=0, le=2**20)], Annotated[int, Field(ge=0, le=2**20)]]
Dimensions = Annotated[list[Count], Field(min_length=1, max_length=4), AfterValidator(_not_huge)]
Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
FilePath = Annotated[str, Field(pattern=r"^(memories|golden)/[a-z0-9_]+\.(mem|spikes)$", max_length=120)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Record(BaseModel):
    """Frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Memory(Record):
    """A file of hex words, one a line: `bits` wide, two's complement if `signed`, row-major over `shape`."""

    file: FilePath
    shape: Dimensions
    bits: Annotated[int, Field(ge=1, le=64)]
    signed: bool
    sha256: Sha256

    @property
    def words(self) -> int:
        """How many lines the file has."""
        return prod(self.shape)


Values = Whole | Memory
"""One integer for all, or a memory with one for each channel or neuron."""


class Dense(Record):
    """All weights, `(out, ...)` row-major."""

    kind: Literal["dense"] = "dense"
    values: Memory


class Sparse(Record):
    """The surviving weights: ascending flat `indices` in an array of `size` and `values`; no files if none survive."""

    kind: Literal["sparse"] = "sparse"
    size: Dimensions
    indices: Memory | None
    values: Memory | None


class Codebook(Record):
    """Shared weights: `indices (out, ...)` into `table`."""

    kind: Literal["codebook"] = "codebook"
    indices: Memory
    table: Memory


Storage = Annotated[Dense | Sparse | Codebook, Field(discriminator="kind")]


class Linear(Record):
    """S = W x, W `(out, in)`; the source is read flat."""

    kind: Literal["linear"] = "linear"
    weights: Storage


class Conv2d(Record):
    """Cross-correlation, W `(out, in / groups, height, width)`, zeros padded."""

    kind: Literal["conv2d"] = "conv2d"
    weights: Storage
    stride: Pair
    padding: Offsets
    dilation: Pair
    groups: Count


class AvgPool2d(Record):
    """Window sums times `gain`."""

    kind: Literal["avgpool2d"] = "avgpool2d"
    kernel: Pair
    stride: Pair
    gain: Values


class Identity(Record):
    """Neuron by neuron, times `gain`."""

    kind: Literal["identity"] = "identity"
    gain: Values


Synapse = Annotated[Linear | Conv2d | AvgPool2d | Identity, Field(discriminator="kind")]


class Source(Record):
    """The input: events come from outside, encoded as `code` says."""

    kind: Literal["source"] = "source"


class IntegrateFire(Record):
    """U = sat(V + S + b), or sat(V - (V >> leak_shift) + S + b); U >= threshold fires; V = U - threshold or 0."""

    kind: Literal["integrate_fire"] = "integrate_fire"
    threshold: Values
    reset: Literal["subtract", "zero"]
    leak_shift: Annotated[int, Field(ge=1, le=62)] | None


class Integrator(Record):
    """V = sat(V + S + b); never fires."""

    kind: Literal["integrator"] = "integrator"


class QuantReLU(Record):
    """y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels)."""

    kind: Literal["quant_relu"] = "quant_relu"
    multiplier: Values
    shift: Annotated[int, Field(ge=0, le=62)]
    levels: Count


Neuron = Annotated[Source | IntegrateFire | Integrator | QuantReLU, Field(discriminator="kind")]


class Population(Record):
    """Neurons of one kind; `accumulator_bits` hold any S + b of a step, the potential saturates at `potential_bits`."""

    name: Name
    shape: Dimensions
    neuron: Neuron
    bias: Values
    initial: Values
    potential_bits: Annotated[int, Field(ge=2, le=62)] | None
    accumulator_bits: Annotated[int, Field(ge=1, le=80)] | None
    physical_neurons: Count | None
    kernel_lanes: Count | None


class Projection(Record):
    """Spikes of `source` through `synapse` into `target` (channels `[start, stop)` of it), sums times 2**shift."""

    name: Name
    source: Name
    target: Name
    synapse: Synapse
    pool: Pair
    channels: tuple[Annotated[int, Field(ge=0)], Count] | None
    shift: Annotated[int, Field(ge=0, le=32)]
    weight_bits: Annotated[int, Field(ge=1, le=64)]


class Code(Record):
    """How an image becomes events: "direct" (integers floor(x levels + 1/2), the same in every step) or "rate"."""

    kind: Literal["direct", "rate"]
    steps: Annotated[int, Field(ge=1, le=1_000_000)]
    levels: Annotated[int, Field(ge=1, le=65535)] | None


class Run(Record):
    """How the network must be run: `fixed`, why the steps of the code must stay (null: any will do), and `largest`, the largest
    magnitude of the samples that it was made from (null: unknown)."""

    fixed: Annotated[str, Field(max_length=1000)] | None = None
    largest: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class Golden(Record):
    """Inputs and what the network answers: `images` (float32 bit patterns), `spikes` by population, final `logits`."""

    samples: Annotated[int, Field(ge=1, le=100_000)]
    origin: Literal["given", "synthetic"]
    images: Memory
    spikes: dict[Name, "Trace"]
    logits: Memory


class Trace(Record):
    """A text file, a line per sample and step: the addresses that fire, `address:value` where integers are sent."""

    file: FilePath
    rows: Count
    events: Annotated[int, Field(ge=0, le=2**40)]
    size: Annotated[int, Field(ge=0, le=2**40)]
    sha256: Sha256


class Row(Record):
    """One line of the report that the conversion left with the network."""

    layer: str
    kind: str
    action: Literal["kept", "folded", "rewritten", "refused", "rounded", "note"]
    detail: str
    parameters: int
    neurons: int


class Core(Record):
    """The whole of `core.json`."""

    format: Literal["spikewright-core"] = "spikewright-core"
    version: Literal[1] = 1
    generator: str
    device: Name
    clock_mhz: Annotated[float, Field(ge=0.001, le=2000)]
    address_order: Literal["CHW"] = "CHW"
    input: Name
    output: Name
    code: Code
    schedule: Literal["synchronous", "layerwise"]
    readout: Literal["count", "potential", "first"]
    logit_scale: Annotated[float, Field(allow_inf_nan=False)]
    populations: Annotated[list[Population], Field(min_length=1, max_length=MAX_ITEMS)]
    projections: Annotated[list[Projection], Field(max_length=MAX_ITEMS)]
    report: list[Row]
    run: Run = Run()
    golden: Golden


def schema_text() -> str:
    """The JSON schema of `Core` as the text of `core.schema.json`."""
    return json.dumps(Core.model_json_schema(), indent=2, sort_keys=True) + "\n"
