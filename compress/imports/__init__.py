"""Networks that other programs wrote: ONNX files and torch.export programs become ordinary torch.nn layers."""

from spikewright.compress.imports.exported import from_exported
from spikewright.compress.imports.onnx import from_onnx

__all__ = ["from_exported", "from_onnx"]
