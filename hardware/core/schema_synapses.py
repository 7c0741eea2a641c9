"""The models of `core.json` for synapses: S is what a projection adds to the sums of its target, x what it reads.

Pairs are (rows, columns). Sequences `(C, L)` are maps of one row. All numbers are integers.
"""

from typing import Annotated, Literal

from pydantic import Field

from spikewright.hardware.core.schema_parts import CoreMemory, CoreRecord, Count, Offsets, Pair, Storage, Values

Offset = Annotated[int, Field(ge=0, le=2**20)]


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


class CoreConv1d(CoreRecord):
    """Cross-correlation of sequences, W `(out, in / groups, kernel)`, zeros padded."""

    kind: Literal["conv1d"] = "conv1d"
    weights: Storage
    stride: Count
    padding: Offset
    dilation: Count
    groups: Count


class CoreConvTranspose2d(CoreRecord):
    """S[o, y stride - padding + i dilation, ...] += W[o, c, i, ...] x[c, y, ...], W `(out, in / groups, height, width)`.

    What falls outside is dropped; there are `output_padding` more rows and columns at the end.
    """

    kind: Literal["conv_transpose2d"] = "conv_transpose2d"
    weights: Storage
    stride: Pair
    padding: Offsets
    output_padding: Offsets
    dilation: Pair
    groups: Count


class CoreAvgPool2d(CoreRecord):
    """Window sums times `gain`."""

    kind: Literal["avgpool2d"] = "avgpool2d"
    kernel: Pair
    stride: Pair
    gain: Values


class CoreUpsample(CoreRecord):
    """S[c, y, x] = gain x[c, y // factor[0], x // factor[1]]."""

    kind: Literal["upsample"] = "upsample"
    factor: Pair
    gain: Values


class CoreIdentity(CoreRecord):
    """Neuron by neuron, times `gain`."""

    kind: Literal["identity"] = "identity"
    gain: Values


class CoreSeparable2d(CoreRecord):
    """S[c, y, x] = gain sum over i, j of rows[y, i] columns[x, j] x[c, i, j]."""

    kind: Literal["separable2d"] = "separable2d"
    rows: CoreMemory
    columns: CoreMemory
    gain: Values


class CoreWindows(CoreRecord):
    """Which neurons a gate compares: windows of `kernel` at `stride`, places that are padded left out. Nothing is added up."""

    kind: Literal["windows"] = "windows"
    kernel: Pair
    stride: Pair
    padding: Offsets


Synapse = Annotated[
    CoreLinear
    | CoreConv2d
    | CoreConv1d
    | CoreConvTranspose2d
    | CoreAvgPool2d
    | CoreUpsample
    | CoreIdentity
    | CoreSeparable2d
    | CoreWindows,
    Field(discriminator="kind"),
]
