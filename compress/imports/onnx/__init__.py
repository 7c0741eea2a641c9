"""ONNX files as ordinary torch.nn layers."""

from spikewright.compress.imports.onnx.model import from_onnx

__all__ = ["from_onnx"]
