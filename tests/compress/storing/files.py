"""Files of compressed networks, opened and written past the program, as somebody would who means it."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from spikewright.compress import (
    TrainSettings,
)
from spikewright.compress.storing.file import checksum

KEY = "spikewright.compressed"


def opened(path: Path) -> tuple[bytes, dict[str, Any]]:
    with safe_open(str(path), framework="pt") as file:
        return file.get_tensor("data").numpy().tobytes(), json.loads(file.metadata()[KEY])


def written(path: Path, data: bytes, header: dict[str, Any]) -> None:
    """With a checksum that fits, as somebody would who means it."""
    numbers = torch.tensor(list(data), dtype=torch.uint8)
    save_file({"data": numbers}, str(path), metadata={KEY: json.dumps(header | {"check": checksum(header, data)})})


SHORT = TrainSettings(epochs=1, batch_size=16)


def architecture(channels: int = 4) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.Conv2d(channels, 6, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(6),  # cannot be folded: the pooling stands in between
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(54, 3),
    )
