"""Files that are no ONNX, or a piece of one: one error of the family, and no harm."""

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikewright import InvalidFile, SpikewrightError
from spikewright.compress import from_onnx
from tests.compress.imports.damaged import sound


@pytest.mark.parametrize("content", [b"", b"spikes", b"\x08\x09", b"\x00" * 100])
def test_files_that_are_no_onnx(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(content)
    with pytest.raises(InvalidFile, match="expected an ONNX file"):
        from_onnx(tmp_path / "a.onnx")
    with pytest.raises(InvalidFile, match="readable file"):
        from_onnx(tmp_path / "missing.onnx")
    with pytest.raises(InvalidFile, match="readable file"):
        from_onnx(tmp_path)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(cut=st.integers(0, 400), place=st.integers(0, 400), byte=st.integers(0, 255))
def test_truncated_and_altered_files_never_do_anything_else(tmp_path: Path, cut: int, place: int, byte: int) -> None:
    """Either the file is still a network, or the error is one of the family."""
    content = bytearray(sound().SerializeToString())
    content[place % len(content)] = byte
    (tmp_path / "a.onnx").write_bytes(bytes(content[: len(content) - cut]))
    try:
        model = from_onnx(tmp_path / "a.onnx")
    except SpikewrightError:
        return
    assert isinstance(model, torch.nn.Module)


def test_bytes_where_a_name_belongs_are_no_name(tmp_path: Path) -> None:
    content = sound().SerializeToString()
    (tmp_path / "a.onnx").write_bytes(content.replace(b"conv0", b"c\xffnv0"))
    with pytest.raises(InvalidFile, match=r"names of text|something else or a piece"):
        from_onnx(tmp_path / "a.onnx")
