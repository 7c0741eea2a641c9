"""Files of earlier versions load, and say what they said when they were written."""

import json
from pathlib import Path

import pytest
import torch

from spikewright.compress import load, save
from tests.compress.old_models import CASES, MODELS, images, said

FOLDER = Path(__file__).with_name("old_files")
EXPECTED = json.loads((FOLDER / "expected.json").read_text())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_old_file_says_what_it_said(name: str, tmp_path: Path) -> None:
    build, shape = MODELS[CASES[name.partition("-")[2].removesuffix(".safetensors")][0]]
    back = load(FOLDER / name, build())
    expected, found = EXPECTED[name], said(back)
    if name.startswith("v1"):  # the first version had other layouts, and held integers that were rounded to zero
        assert found["footprint_bits"] <= expected["footprint_bits"]
        found |= {key: expected[key] for key in ("footprint_bits", "masks")}
        assert all(
            mask.equal(torch.from_numpy(back.integers[path][0] != 0)) for path, mask in back.masks.items() if back.bits
        )
    assert found == expected
    save(back, tmp_path / "new")
    again = load(tmp_path / "new", build())
    assert said(again) == said(back) and again(images(shape)).equal(back(images(shape)))
