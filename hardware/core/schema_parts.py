"""The models of `core.json`, the small ones: memories, stored weights, orders.

`hardware.core.schema` puts them together with `schema_neurons`, `schema_synapses` and `schema_codes`. Addresses are C, H, W
row-major, all numbers here are integers.
"""

from math import prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

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
    """Frozen, and closed to unknown fields. In the schema a record is called as its class, without "Core".

    Fields `later` than version 2 are written only where they say something, so that who read cores before still reads those
    that could be written before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", model_title_generator=lambda record: title(record.__name__))
    later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _written(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        told = {name for name in self.later if getattr(self, name) != fields[name].default}
        return {name: value for name, value in plain(self).items() if name not in self.later - told}


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
STORAGES = (CoreDense, CoreSparse, CoreCodebook, CoreMasked)


class CoreOrder(CoreRecord):
    """What is read of a source, in the shape of `addresses`: the neuron that stands at each place; -1: none, always 0."""

    addresses: CoreMemory
