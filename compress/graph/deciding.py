"""Where a forward() decides by the values of a tensor, told in a sentence."""

import linecache
import traceback
from pathlib import Path

import torch
from torch import fx
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

import spikewright

_NOT_THE_USERS = tuple(str(Path(str(one.__file__)).parent) for one in (torch, spikewright))
_DECIDE = (GuardOnDataDependentSymNode, fx.proxy.TraceError)


def depends(error: Exception, first: Exception) -> str:
    """What a model does that no graph says: a decision on data with its line, else what `error` says.

    `first`: what torch.fx stopped at before, in case that `error` does not know where it came up.
    """
    place = (_line(error) or _line(first)) if isinstance(error, _DECIDE) else None
    got = f": {first_line(error)}" if place is None else f" a decision by the values of a tensor in {place}"
    return (
        f"expected a model whose control flow does not depend on data, got{got}; "
        "try a forward() without branches or loops over tensor values"
    )


def first_line(error: Exception) -> str:
    """The first line of what an error says, or its type."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _line(error: Exception) -> str | None:
    """The last line of the model's own code that an error went through, with where it stands; None where there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if not one.filename.startswith((*_NOT_THE_USERS, "<"))]
    if not own:
        return None
    last = own[-1]
    told = linecache.getline(last.filename, last.lineno or 0).strip()
    return f"{last.name}() at {Path(last.filename).name}:{last.lineno}" + (f" ({told})" if told else "")
