"""What the parameters of a layer were before they were rounded to its dtype.

Folding multiplies in float64, and the layer holds float32. Whoever goes on with its weights, to fold once more or to store them
in a network, can go on with the product itself, so that they are rounded once in all. It lies beside the parameter, takes twice
its memory, is in no copy of it, and does not count once the parameter has been changed in place.
"""

from typing import Any

import torch
from torch import nn


def rounded(values: torch.Tensor, like: nn.Parameter, remember: bool) -> nn.Parameter:
    """float64 `values` as a parameter in the dtype of another, which knows what they were where that is to be remembered."""
    made: Any = nn.Parameter(values.to(like.dtype), like.requires_grad)
    if remember:
        made.before_rounding = values, made._version
    result: nn.Parameter = made
    return result


def finest(parameter: torch.Tensor) -> torch.Tensor:
    """What a parameter was before it was rounded, float64, where that is known; else as it is."""
    values, version = getattr(parameter, "before_rounding", (None, None))
    known: torch.Tensor | None = values if version == parameter._version else None
    return parameter.detach() if known is None else known


def unrounded(parameter: torch.Tensor) -> torch.Tensor:
    """The same in float64, whether it is known or not."""
    return finest(parameter).double()
