"""The outputs of a model: their paths in what its forward returns, and one or several of them by their paths."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torch import Tensor

from spikewright import InvalidInput
from spikewright.inputs import is_whole

Path = str | int
Output = Path | Sequence[Path] | Mapping[str, Path]
"""One output, several, or several under names of one's own."""


def outputs_in(found: Any, path: str = "") -> Iterator[str]:
    """The paths of all tensors in what a model returned."""
    if isinstance(found, Tensor):
        yield path
    for key, value in _entries(found):
        yield from outputs_in(value, f"{path}.{key}" if path else key)


def check_single(found: Any) -> None:
    """Raises InvalidInput with the outputs to choose from, unless a model returned one tensor."""
    if isinstance(found, Tensor):
        return
    paths = list(outputs_in(found))
    if not paths:
        raise InvalidInput(
            f"expected a model that returns a tensor, got {type(found).__name__}; try the layer in front"
        )
    listed = ", ".join(map(repr, paths))
    several = f", or output={paths[:2]!r} for several" if len(paths) > 1 else ""
    raise InvalidInput(
        f"expected a model with one output tensor, got {type(found).__name__} with {listed}; "
        f"try output={paths[0]!r}{several}"
    )


def named(output: Output | None) -> dict[str, Path | None]:
    """Paths by the names of the outputs. Raises InvalidInput for what is none."""
    if output is None:
        return {"": None}
    given = output if isinstance(output, Mapping) else {str(one): one for one in _listed(output)}
    for name, path in given.items():
        if isinstance(path, bool) or not ((isinstance(path, str) and path) or is_whole(path, 0)) or not name:
            raise InvalidInput(f"expected the name or the place of an output, got {path!r}; try output=0")
    if not given or (not isinstance(output, Mapping) and len(given) < len(_listed(output))):
        raise InvalidInput(f"expected different outputs, at least one, got {output!r}; try output=0")
    return dict(given)


def _listed(output: Any) -> list[Any]:
    return list(output) if isinstance(output, Sequence) and not isinstance(output, str) else [output]


def at(whole: Any, path: Path) -> Any:
    """What lies at a path in what a model returned; torch.fx runs through this with stand-ins for tensors."""
    found = whole
    for key in str(path).split("."):
        entries = dict(_entries(found))
        place = int(key) if key.isdigit() else None
        if key in entries:
            found = entries[key]
        elif place is not None and place < len(entries):
            found = list(entries.values())[place]
        elif place is not None and not isinstance(found, Tensor) and not entries and hasattr(found, "__getitem__"):
            found = found[place]  # the stand-in for several tensors that one function gives, such as chunk
        elif isinstance(whole, Tensor):
            raise InvalidInput(f"expected a model with several outputs, got one tensor; try without output={path!r}")
        else:
            known = ", ".join(map(repr, outputs_in(whole))) or type(whole).__name__
            raise InvalidInput(f"expected an output out of {known}, got {path!r}; try one of them")
    return found


def _entries(found: Any) -> list[tuple[str, Any]]:
    """What a container holds, by the names of its places; nothing for anything else."""
    if isinstance(found, Mapping):
        return [(str(key), value) for key, value in found.items()]
    if isinstance(found, tuple) and hasattr(found, "_fields"):
        return list(zip(found._fields, found, strict=True))
    if isinstance(found, tuple | list):
        return [(str(place), value) for place, value in enumerate(found)]
    if dataclasses.is_dataclass(found):
        return [(one.name, getattr(found, one.name)) for one in dataclasses.fields(found)]
    return []
