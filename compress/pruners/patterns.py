"""The shape of what is pruned: single weights, blocks of output channels, or N of every M."""

from dataclasses import dataclass

from spikewright import InvalidInput
from spikewright.weights.layouts import BLOCKS

KINDS = ("unstructured", "channel-block", "n:m")


@dataclass(frozen=True)
class Pattern:
    """The shape of what is pruned from a weight `(out, in, ...)`.

    "unstructured": each weight for itself.
    "channel-block": `block` (8, 16 or 32) consecutive output channels, for each input channel, kernel row and kernel
    column, live or die together; the last block of a layer is shorter where `block` does not divide its outputs.
    "n:m": of every group of `block` = M consecutive channels along `along` exactly N survive, for each index of the other axes;
    N is M (1 - sparsity). `along="output"` is what an engine likes that keeps output channels next to each other:
    each input reaches N of M neighbouring outputs. `along="input"` is the usual definition (Mishra et al.,
    arXiv 2104.08378): each output reads N of M neighbouring inputs. A shorter last group of k keeps ceil(N k / M).
    Raises InvalidInput for values out of range.
    """

    kind: str = "unstructured"
    block: int = 1
    along: str = "output"

    @classmethod
    def of(cls, kind: str, block: int | None = None, along: str = "output") -> "Pattern":
        """The pattern with its usual block: 16 channels, or 8 for "n:m"."""
        return cls(kind, {"channel-block": 16, "n:m": 8}.get(kind, 1) if block is None else block, along)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.along not in ("output", "input"):
            raise InvalidInput(
                f"expected a pattern out of {', '.join(KINDS)} along output or input, got {self.kind!r} and {self.along!r}"
            )
        if self.along == "input" and self.kind != "n:m":
            raise InvalidInput(f"expected along='output' for the pattern {self.kind}, got 'input'; try 'n:m'")
        if self.kind == "unstructured" and self.block != 1:
            raise InvalidInput(f"expected no block for unstructured pruning, got {self.block}; try 'channel-block'")
        if self.kind == "channel-block" and self.block not in BLOCKS:
            raise InvalidInput(f"expected a block of {BLOCKS} output channels, got {self.block}; try 16")
        if self.kind == "n:m" and self.block < 2:
            raise InvalidInput(f"expected groups of at least 2 channels for n:m, got {self.block}; try 8")

    def check(self, sparsity: float, scope: str, counted: str = "weights") -> None:
        """Raise InvalidInput when this pattern cannot have that sparsity, or not with that scope or so counted."""
        if self.kind != "n:m":
            return
        if counted != "weights":
            raise InvalidInput(
                f"expected weights to be counted for n:m, got {counted}: it keeps as many of every group; try 'channel-block'"
            )
        if scope != "layer":
            raise InvalidInput(f"expected scope 'layer' for n:m, got {scope!r}: it gives every layer the same sparsity")
        n = round(self.block * (1 - sparsity))
        if n < 1 or abs(n - self.block * (1 - sparsity)) > 1e-6:
            n = min(max(n, 1), self.block - 1)
            raise InvalidInput(
                f"expected a sparsity of 1 - n / {self.block} for n:{self.block}, got {sparsity:g}; "
                f"try {1 - n / self.block:g} for {n}:{self.block}"
            )

    def __str__(self) -> str:
        if self.kind == "n:m":
            return f"n:{self.block} along the {self.along}"
        return "unstructured" if self.block == 1 else f"blocks of {self.block} output channels"


UNSTRUCTURED = Pattern()
