"""What a model is made of apart from its weights, in a few letters, so that no file is opened on another of equal sizes."""

import hashlib
from collections.abc import Iterator
from typing import Any

from torch import fx, nn

_SETTINGS = (
    *("kernel_size", "stride", "padding", "output_padding", "dilation", "groups", "padding_mode", "ceil_mode"),
    *("count_include_pad", "divisor_override", "output_size", "eps", "dim", "start_dim", "end_dim", "negative_slope"),
    *(
        "min_val",
        "max_val",
        "levels",
        "scale_factor",
        "mode",
        "num_heads",
        "hidden_size",
        "num_layers",
        "bidirectional",
        "outputs",
        "flags",
    ),
)
"""What modules of torch compute with; momentum, dropout and working in place change no answer."""
_NOTHING = (nn.Identity, nn.modules.dropout._DropoutNd)


def fingerprint(model: nn.Module) -> str:
    """Half of the SHA-256 of the modules of `model` (kinds and settings of torch's, numbers of the user's own), and of its graph
    where it was traced. Weights, buffers and names of the user's classes are not in it.
    """
    return hashlib.sha256("\n".join(_told(model)).encode()).hexdigest()[:32]


def _told(model: nn.Module) -> Iterator[str]:
    for path, module in model.named_modules():
        if not isinstance(module, (*_NOTHING, fx.GraphModule)):
            yield f"{path} {_of_torch(module) if _is_known(module) else _of_user(module)}"
    if isinstance(model, fx.GraphModule):
        yield from (f"{node.op} {_name(node.target)} {node.args} {node.kwargs}" for node in model.graph.nodes)


def _is_known(module: nn.Module) -> bool:
    return type(module).__module__.split(".")[0] in ("torch", "spikewright")


def _of_torch(module: nn.Module) -> str:
    held: dict[str, Any] = vars(module)
    kind = "BatchNorm" if isinstance(module, nn.modules.batchnorm._BatchNorm) else _kind(module)
    return f"{kind} {[(name, held[name]) for name in _SETTINGS if name in held]}"


def _kind(module: nn.Module) -> str:
    """The name of a class in files, which outlives its name in the program."""
    return str(getattr(module, "tag", type(module).__name__))


def _of_user(module: nn.Module) -> str:
    """The real numbers that a forward() may compute with; whole numbers count things, and tensors are often what it saw last."""
    return str([(name, value) for name, value in sorted(vars(module).items()) if isinstance(value, float)])


def _name(target: Any) -> str:
    return target if isinstance(target, str) else str(getattr(target, "__name__", target))
