"""Networks that other programs wrote: ONNX files, torch.export programs and TorchScript modules become torch.nn layers."""

from spikewright.compress.imports.exported import from_exported
from spikewright.compress.imports.onnx import from_onnx
from spikewright.compress.imports.scripted import from_torchscript

__all__ = ["from_exported", "from_onnx", "from_torchscript"]
