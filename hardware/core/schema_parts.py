"""The models of `core.json`, the small ones: memories, stored weights, synapses and neurons.

`hardware.core.schema` puts them together. Addresses are C, H, W row-major, all numbers here are integers.
"""

from math import prod
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_WORDS = 2**26


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
FilePath = Annotated[str, Field(pattern=r"^(memories|network|golden)/[a-z0-9_]+\.(mem|spikes)$", max_length=120)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class CoreRecord(BaseModel):
    """Frozen, and closed to unknown fields. In the schema a record is called as its class, without "Core"."""

    model_config = ConfigDict(frozen=True, extra="forbid", model_title_generator=lambda record: title(record.__name__))


def title(name: str) -> str:
    """How the schema calls a class of this name: `CoreMemory` is "Memory", `Core` itself "Core"."""
    return name.removeprefix("Core") or name


class CoreMemory(CoreRecord):
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


Values = Whole | CoreMemory
"""One integer for all, or a memory with one for each channel or neuron."""


class CoreDense(CoreRecord):
    """All weights, `(out, ...)` row-major."""

    kind: Literal["dense"] = "dense"
    values: CoreMemory


class CoreSparse(CoreRecord):
    """Surviving weights as earlier cores hold them: ascending flat `indices` in an array of `size`, and `values`."""

    kind: Literal["sparse"] = "sparse"
    size: Dimensions
    indices: CoreMemory | None
    values: CoreMemory | None


class CoreCodebook(CoreRecord):
    """Shared weights: `indices (out, ...)` into `table`."""

    kind: Literal["codebook"] = "codebook"
    indices: CoreMemory
    table: CoreMemory


Held = Annotated[CoreDense | CoreCodebook, Field(discriminator="kind")]


class CoreMasked(CoreRecord):
    """Weights of an array of `size` at the places that `index` tells in a `layout`, ascending; no values if none survive.

    "bitmap": a bit for each weight. "gap<w>": for each stored weight the number of places before it that are not. "block<b>": a
    bit for each b consecutive output channels at one place. "<n>:<m> output" or "input": for each m consecutive channels the
    number of the subset of n, the sum of C(p_i, i) for its places p_1 < p_2 < ...
    """

    kind: Literal["masked"] = "masked"
    size: Dimensions
    layout: Annotated[str, Field(max_length=20)]
    index: Annotated[list[CoreMemory], Field(max_length=2)]
    values: Held | None


Storage = Annotated[CoreDense | CoreSparse | CoreCodebook | CoreMasked, Field(discriminator="kind")]


class CoreLinear(CoreRecord):
    """S = W x, W `(out, in)`; the source is read flat."""

    kind: Literal["linear"] = "linear"
    weights: Storage


class CoreConv2d(CoreRecord):
    """Cross-correlation, W `(out, in / groups, height, width)`, zeros padded."""

    kind: Literal["conv2d"] = "conv2d"
    weights: Storage
    stride: Pair
    padding: Offsets
    dilation: Pair
    groups: Count


class CoreAvgPool2d(CoreRecord):
    """Window sums times `gain`."""

    kind: Literal["avgpool2d"] = "avgpool2d"
    kernel: Pair
    stride: Pair
    gain: Values


class CoreIdentity(CoreRecord):
    """Neuron by neuron, times `gain`."""

    kind: Literal["identity"] = "identity"
    gain: Values


Synapse = Annotated[CoreLinear | CoreConv2d | CoreAvgPool2d | CoreIdentity, Field(discriminator="kind")]


class CoreSource(CoreRecord):
    """The input: events come from outside, encoded as `code` says."""

    kind: Literal["source"] = "source"


class CoreIntegrateFire(CoreRecord):
    """U = sat(V + S + b), or sat(V - (V >> leak_shift) + S + b); U >= threshold fires; V = U - threshold or 0."""

    kind: Literal["integrate_fire"] = "integrate_fire"
    threshold: Values
    reset: Literal["subtract", "zero"]
    leak_shift: Annotated[int, Field(ge=1, le=62)] | None


class CoreIntegrator(CoreRecord):
    """V = sat(V + S + b); never fires."""

    kind: Literal["integrator"] = "integrator"


class CoreQuantReLU(CoreRecord):
    """y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels)."""

    kind: Literal["quant_relu"] = "quant_relu"
    multiplier: Values
    shift: Annotated[int, Field(ge=0, le=62)]
    levels: Count


Neuron = Annotated[CoreSource | CoreIntegrateFire | CoreIntegrator | CoreQuantReLU, Field(discriminator="kind")]
