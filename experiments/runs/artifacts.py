"""The files that commands and studies hand on, read again: none of them carries code."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.models.factory import Factory, foreign_model, is_foreign
from spikewright.experiments.runs.origin import Origin, content_of, metadata_of, origin_of

if TYPE_CHECKING:
    from torch import nn

    from spikewright.compress import Compressed
    from spikewright.snn import Network

FileKind = Literal["weights", "compressed", "network", "state"]


def kind_of(path: str | Path) -> FileKind:
    """What a file is: "weights" and "state" (a torch state dict), "compressed", or "network". Raises InvalidFile."""
    path = Path(path)
    if path.suffix in (".pt", ".pth", ".bin"):
        content_of(path)
        return "state"
    metadata = metadata_of(path)
    return (
        "compressed" if "spikewright.compressed" in metadata else "network" if "spikewright" in metadata else "weights"
    )


def load_network(path: str | Path) -> "Network":
    """A spiking network. Raises InvalidFile with a hint when the file is an earlier stage of the pipeline."""
    from spikewright.snn import Network

    kind = kind_of(path)
    if kind != "network":
        raise InvalidFile(f"expected a spiking network, got {kind} in {path}; try `spikewright convert {path}` first")
    return Network.load(path)


def load_model(path: str | Path, factory: Factory | None = None, output: str | None = None) -> "nn.Module | Compressed":
    """A trained model or a `Compressed`, in evaluation mode, from `weights`, `state`, `compressed` or ONNX files.

    Of an ONNX file with integers it is a `Compressed`, whose steps say what of its rounding is left off. `factory` builds
    the architecture; without it the file's origin must name one of `experiments.models.table`. `output`: of
    several the one to take, as of `compress.choose`.
    Raises InvalidFile for a damaged file or one that does not fit, InvalidInput when the architecture is not known.
    """
    from spikewright import compress
    from spikewright.experiments.training.checkpoint import load_weights

    if is_foreign(path):
        return foreign_model(path, output)
    kind = kind_of(path)
    if kind == "network":
        raise InvalidFile(
            f"expected a model, got a spiking network in {path}; try the file that train or compress wrote"
        )
    model = _architecture(Path(path), factory)
    if kind == "compressed":
        return compress.load(path, compress.choose(model, output)).eval()
    if kind == "state":
        _load_state(Path(path), model)
    else:
        load_weights(Path(path), model)
    chosen: nn.Module = compress.choose(model, output).eval()
    return chosen


def _architecture(path: Path, factory: Factory | None) -> "nn.Module":
    """The model that the weights of a file belong in: the user's own or the one of its origin, with staircases if it has them."""
    from spikewright.compress import learned_thresholds

    origin = origin_of(path) if kind_of(path) != "state" else None
    model = factory() if factory is not None else _known_model(path, origin)
    return model if origin is None or origin.levels is None else learned_thresholds(model, origin.levels)


def _known_model(path: Path, origin: Origin | None) -> "nn.Module":
    from spikewright.experiments.models.table import build, model_names

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

    from spikewright.experiments.training.checkpoint import mismatch

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
        raise InvalidFile(f"expected a state dict that fits the model in {path}, got: {mismatch(error)}") from error
