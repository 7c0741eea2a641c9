"""Make a CNN smaller, and rewrite it exactly, over one torch.fx view of its graph."""

from spikewright.aliases import same_module
from spikewright.compress.compressed import Compressed
from spikewright.compress.exact.fold import FoldRow, fold_batchnorm
from spikewright.compress.footprints import Footprint, LayerFootprint, footprint
from spikewright.compress.freshness import fresh
from spikewright.compress.graph.view import GraphNode, GraphView, trace
from spikewright.compress.imports import from_exported, from_onnx
from spikewright.compress.pruners.magnitude import PruneSettings, prune
from spikewright.compress.pruners.patterns import Pattern
from spikewright.compress.quantisers.activations import QuantizedReLU, keep_ranges_positive
from spikewright.compress.quantisers.thresholds import Ranges, learned_thresholds
from spikewright.compress.quantisers.uniform import QuantizeSettings, quantize
from spikewright.compress.storing.file import load, save
from spikewright.compress.training.data import accuracy, check_data
from spikewright.compress.training.loop import Epoch, FitState, Hooks, TrainSettings, fit

__all__ = [
    "Compressed",
    "Epoch",
    "FitState",
    "FoldRow",
    "Footprint",
    "GraphNode",
    "GraphView",
    "Hooks",
    "LayerFootprint",
    "Pattern",
    "PruneSettings",
    "QuantizeSettings",
    "QuantizedReLU",
    "Ranges",
    "TrainSettings",
    "accuracy",
    "check_data",
    "fit",
    "fold_batchnorm",
    "footprint",
    "fresh",
    "from_exported",
    "from_onnx",
    "keep_ranges_positive",
    "learned_thresholds",
    "load",
    "prune",
    "quantize",
    "save",
    "trace",
]

same_module(__name__)
