"""The files that commands and studies hand on: each says which model and data it came from, and none carries code.

Weights, compressed networks and spiking networks are all safetensors files. An `Origin` is one more entry of their
metadata, so that the next command knows the architecture and the data set without being told.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from spikewright import InvalidFile, InvalidInput, atomic_path, kinds
from spikewright.kinds import any_of, in_metadata

if TYPE_CHECKING:
    from torch import nn

    from spikewright.compress import Compressed
    from spikewright.snn import Network

KEY = "spikewright.origin"
WEIGHTS_KEY = "spikewright.weights"
"""In the metadata of weights that were saved without an origin."""
LARGEST_HEADER_BYTES = 64 * 2**20
Kind = Literal["weights", "compressed", "network", "state"]
Factory = Callable[[], "nn.Module"]
STAMPED = kinds.Kind(
    "a network that spikewright wrote",
    any_of(
        in_metadata(KEY), in_metadata(WEIGHTS_KEY), in_metadata("spikewright"), in_metadata("spikewright.compressed")
    ),
)


@dataclass(frozen=True)
class Origin:
    """`model`: an architecture of `experiments.models.table`, or "package.module:factory", which is only ever called when the
    user names it again. `log`: one row for each epoch of training."""

    model: str
    dataset: str
    classes: int = 10
    seed: int = 0
    log: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def metadata(self) -> dict[str, str]:
        """The entry of a safetensors file's metadata."""
        return {KEY: json.dumps(asdict(self), sort_keys=True)}


def stamp(path: str | Path, origin: Origin) -> None:
    """Write `origin` into the metadata of the network that was saved at `path`; its tensors stay byte for byte.

    Raises InvalidFile for a file that this project did not write.
    """
    path = Path(path)
    header, body = _split(path)
    metadata = {**header.get("__metadata__", {}), **origin.metadata()}
    text = json.dumps({**header, "__metadata__": metadata}, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with atomic_path(path, STAMPED) as temporary:
        temporary.write_bytes(len(text).to_bytes(8, "little") + text + body)


def origin_of(path: str | Path) -> Origin | None:
    """What `stamp` wrote; None when the file has no origin. Raises InvalidFile for one that is damaged."""
    text = _metadata(Path(path)).get(KEY)
    if text is None:
        return None
    try:
        values = json.loads(text)
        values["log"] = tuple(values["log"])
        return Origin(**values)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidFile(f"expected an origin in the metadata of {path}, got: {error}; save the file again") from error


def kind_of(path: str | Path) -> Kind:
    """What a file is: "weights" and "state" (a torch state dict), "compressed", or "network". Raises InvalidFile."""
    path = Path(path)
    if path.suffix in (".pt", ".pth", ".bin"):
        _readable(path)
        return "state"
    metadata = _metadata(path)
    return (
        "compressed" if "spikewright.compressed" in metadata else "network" if "spikewright" in metadata else "weights"
    )


def is_foreign(path: str | Path) -> bool:
    """True for the name of a network that another program wrote: architecture and weights in one file."""
    return Path(path).suffix.lower() in (".onnx", ".pt2")


def foreign_model(path: str | Path) -> "nn.Module":
    """The network of an ONNX file. Raises InvalidInput for .pt2 archives: reading one can run code that is in it."""
    from spikewright.compress import from_onnx

    if Path(path).suffix.lower() == ".onnx":
        return from_onnx(path)
    raise InvalidInput(
        f"expected a file that carries no code, got the torch.export archive {path}, which may hold pickles; try "
        "torch.onnx.export, or in Python, if you trust it, compress.from_exported(torch.export.load(path))"
    )


def load_network(path: str | Path) -> "Network":
    """A spiking network. Raises InvalidFile with a hint when the file is an earlier stage of the pipeline."""
    from spikewright.snn import Network

    kind = kind_of(path)
    if kind != "network":
        raise InvalidFile(f"expected a spiking network, got {kind} in {path}; try `spikewright convert {path}` first")
    return Network.load(path)


def load_model(path: str | Path, factory: Factory | None = None) -> "nn.Module | Compressed":
    """A trained model or a `Compressed`, in evaluation mode, from `weights`, `state`, `compressed` or ONNX files.

    `factory` builds the architecture; without it the file's origin must name one of `experiments.models.table`.
    Raises InvalidFile for a damaged file or one that does not fit, InvalidInput when the architecture is not known.
    """
    from spikewright import compress
    from spikewright.experiments.training.checkpoint import load_weights

    if is_foreign(path):
        return foreign_model(path)
    kind = kind_of(path)
    if kind == "network":
        raise InvalidFile(
            f"expected a model, got a spiking network in {path}; try the file that train or compress wrote"
        )
    model = factory() if factory is not None else _known_model(Path(path))
    if kind == "compressed":
        return compress.load(path, model).eval()
    if kind == "state":
        _load_state(Path(path), model)
    else:
        load_weights(Path(path), model)
    return model.eval()


def _known_model(path: Path) -> "nn.Module":
    from spikewright.experiments.models.table import build, model_names

    origin = origin_of(path) if kind_of(path) != "state" else None
    if origin is None or origin.model not in model_names():
        made = f"made for {origin.model!r}" if origin else "without the name of a model"
        raise InvalidInput(
            f"expected a file of a built-in model, got {path} {made}; try --model package.module:factory"
        )
    return build(origin.model, classes=origin.classes)


def _load_state(path: Path, model: "nn.Module") -> None:
    """A torch state dict, read with `weights_only`: a pickle that asks for anything else is refused."""
    import pickle
    import warnings

    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an unusual pickle is an error below, or harmless
            state = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(state)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        RuntimeError,
        pickle.UnpicklingError,
    ) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InvalidFile(f"expected a state dict that fits the model in {path}, got: {reason[:200]}") from error


def _metadata(path: Path) -> dict[str, str]:
    found = _split(path)[0].get("__metadata__", {})
    return found if isinstance(found, dict) else {}


def _split(path: Path) -> tuple[dict[str, Any], bytes]:
    """The JSON header of a safetensors file and the bytes after it."""
    content = _readable(path)
    length = int.from_bytes(content[:8], "little")
    if not 2 <= length <= min(len(content) - 8, LARGEST_HEADER_BYTES):
        what = "an empty file" if not content else "something else or the first piece of one"
        raise InvalidFile(f"expected a safetensors file at {path}, got {what}; try to save it again")
    try:
        header = json.loads(content[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise InvalidFile(f"expected a safetensors file at {path}, got a header that is no JSON") from error
    if not isinstance(header, dict):
        raise InvalidFile(f"expected a safetensors file at {path}, got a header that is no object")
    return header, content[8 + length :]


def _readable(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidFile(f"expected a readable file at {path}, got: {error.strerror}; try another path") from error
