"""The numbers of a tensor: of every type, in the file or in another file of its folder, and never outside of it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import from_onnx
from spikewright.compress.imports.onnx.tensors import array_of
from tests.compress.imports.damaged import WEIGHTS, changed, outside, sound, tensor_of
from tests.compress.imports.onnx_graphs import written


def test_weights_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"head" + WEIGHTS["w"].tobytes())
    path = written(changed(outside("weights.bin", offset="4", length="216"))(), tmp_path)
    weight = next(from_onnx(path).parameters())
    assert np.array_equal(weight.detach().numpy(), WEIGHTS["w"])


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.bin").write_bytes(b"0" * 216)
    (tmp_path / "inner" / "weights.bin").symlink_to(tmp_path / "secret.bin")
    with pytest.raises(InvalidFile, match="outside of the folder"):
        from_onnx(written(changed(outside("weights.bin"))(), tmp_path / "inner"))


@pytest.mark.parametrize("kind", [np.float64, np.float16, np.float32])
def test_numbers_in_typed_fields(kind: Any, tmp_path: Path) -> None:
    model = sound()
    values = WEIGHTS["w"].astype(kind)
    number = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    tensor_of(model).CopyFrom(helper.make_tensor("w", number, values.shape, values.flatten().tolist()))
    weight = next(from_onnx(written(model, tmp_path)).parameters())
    assert np.array_equal(weight.detach().numpy(), values.astype(np.float32))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-8, 7), min_size=1, max_size=9), st.booleans(), st.booleans())
def test_four_bits_are_unpacked(values: list[int], signed: bool, raw: bool) -> None:
    listed = values if signed else [value + 8 for value in values]
    kind = TensorProto.INT4 if signed else TensorProto.UINT4
    halves = np.array([value & 15 for value in [*listed, 0][: len(listed) + len(listed) % 2]], np.uint8)
    content = (halves[::2] | halves[1::2] << 4).astype(np.uint8)
    tensor = TensorProto(data_type=kind, dims=[len(listed)])
    if raw:
        tensor.raw_data = content.tobytes()
    else:
        tensor.int32_data.extend(content.tolist())
    assert array_of(tensor, Path()).tolist() == listed


@pytest.mark.parametrize("kind", [TensorProto.FLOAT8E4M3FN, TensorProto.FLOAT8E5M2, TensorProto.FLOAT4E2M1])
def test_types_that_are_not_read_say_which_are(kind: int, tmp_path: Path) -> None:
    model = sound()
    tensor_of(model).data_type = kind
    with pytest.raises(InvalidInput, match=r"numbers of type FLOAT.* for 'w'; try float32, float16, or integers"):
        from_onnx(written(model, tmp_path))
