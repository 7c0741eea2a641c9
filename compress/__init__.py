"""Make a CNN smaller, and rewrite it exactly, over one torch.fx view of its graph."""

from compress.compressed import Compressed
from compress.data import accuracy, check_data
from compress.fold import FoldRow, fold_batchnorm
from compress.footprint import Footprint, LayerFootprint, footprint
from compress.freshness import fresh
from compress.graph import GraphNode, GraphView, trace
from compress.imports import from_exported, from_onnx
from compress.masks import Pattern
from compress.prune import PruneSettings, prune
from compress.quantize import QuantizeSettings, quantize
from compress.quantizers import QuantReLU, keep_ranges_positive
from compress.storage import load, save
from compress.thresholds import Ranges, learned_thresholds
from compress.training import Epoch, FitState, Hooks, TrainSettings, fit

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
    "QuantReLU",
    "QuantizeSettings",
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
