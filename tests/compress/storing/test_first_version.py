"""Files of the first version, as they were written: codes as int8, masks as bits, the rest dense."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from spikewright import InvalidFile
from spikewright.compress import (
    Compressed,
    load,
    save,
)
from tests.compress.storing.files import KEY, architecture


def test_files_of_the_first_version_are_read(tmp_path: Path, small: Compressed, file: Path) -> None:
    """As they were written: codes as int8, masks as bits, the rest dense."""
    state = small.model.state_dict()
    tensors = {f"state/{key}": value for key, value in state.items() if key not in {f"{p}.weight" for p in small.bits}}
    for path, (codes, scale) in small.integers.items():
        tensors |= {f"codes/{path}": torch.tensor(codes), f"scale/{path}": torch.tensor(scale)}
    tensors |= {f"mask/{path}": torch.tensor(np.packbits(mask.numpy().ravel())) for path, mask in small.masks.items()}
    header = {
        "version": 1,
        "steps": list(small.steps),
        "bits": dict(small.bits),
        "rewrites": [asdict(change) for change in small.rewrites],
        "input_shape": small.input_shape,
    }

    def written(changed: dict[str, torch.Tensor]) -> Path:
        save_file(changed, str(tmp_path / "old"), metadata={KEY: json.dumps(header)})
        return tmp_path / "old"

    back = load(written(tensors), architecture())
    assert back.footprint == small.footprint and back.steps == small.steps
    save(back, tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == file.read_bytes()
    for name, value in (
        ("codes/0", torch.full((4, 1, 3, 3), 100, dtype=torch.int8)),
        ("codes/0", torch.full((4, 1, 3, 3), 7, dtype=torch.int8)),  # in range, but where the mask has nothing
        ("scale/0", torch.zeros(4)),
        ("mask/0", torch.zeros(3, dtype=torch.uint8)),
        ("state/0.bias", torch.full((4,), float("nan"))),
        ("state/quantised__2.alpha", torch.tensor(-1.0)),
        ("strange", torch.zeros(1)),
    ):
        with pytest.raises(InvalidFile):
            load(written(tensors | {name: value}), architecture())
    with pytest.raises(InvalidFile):
        load(written({name: value for name, value in tensors.items() if name != "codes/0"}), architecture())
