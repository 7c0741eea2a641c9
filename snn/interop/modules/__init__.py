"""Torch modules of spiking layers, of whatever library, read as networks: followed step by step, then put together."""

from spikewright.snn.interop.modules.assembly import network_of_module

__all__ = ["network_of_module"]
