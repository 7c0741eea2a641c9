"""torch.export programs as ordinary torch.nn layers."""

from spikewright.compress.imports.exported.program import from_exported

__all__ = ["from_exported"]
