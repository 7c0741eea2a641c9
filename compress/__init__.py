"""Make a CNN smaller, and rewrite it exactly, over one torch.fx view of its graph."""

from typing import TYPE_CHECKING

from spikewright.aliases import same_module
from spikewright.compress.adapting.method import Adapt, AdaptSettings, adapt
from spikewright.compress.adapting.report import Adapted, AdaptReport
from spikewright.compress.adapting.substitutes.base import SUBSTITUTES, Substitute
from spikewright.compress.compressed import Compressed
from spikewright.compress.counting import footprint
from spikewright.compress.draft import Draft
from spikewright.compress.exact.fold import FoldRow, fold_batchnorm
from spikewright.compress.exact.folding import FoldBatchNorm
from spikewright.compress.expressions import rows_of
from spikewright.compress.footprints import Footprint, LayerFootprint
from spikewright.compress.freshness import fresh
from spikewright.compress.graph.choosing import choose
from spikewright.compress.graph.view import GraphNode, GraphView, trace
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.imports import from_exported, from_onnx, from_torchscript
from spikewright.compress.imports.onnx.integers import from_quantized_onnx
from spikewright.compress.methods import METHODS, Method, apply_methods
from spikewright.compress.pruners.magnitude import Prune, PruneSettings, prune
from spikewright.compress.pruners.patterns import Pattern
from spikewright.compress.quantisers.activations import QuantizedReLU, keep_ranges_positive
from spikewright.compress.quantisers.learned import LearnedThresholds
from spikewright.compress.quantisers.sides import QuantizedFrom, QuantizedHalves
from spikewright.compress.quantisers.starting import Ranges
from spikewright.compress.quantisers.thresholds import learned_thresholds
from spikewright.compress.quantisers.uniform import Quantize, QuantizeSettings, quantize
from spikewright.compress.storing.file import load, save
from spikewright.compress.training.attached import trainable
from spikewright.compress.training.data import check_data
from spikewright.compress.training.epochs import Epoch, FitState
from spikewright.compress.training.labelled import accuracy
from spikewright.compress.training.loop import Hooks, TrainSettings, fit
from spikewright.renaming import renamed

__all__ = [
    "METHODS",
    "SUBSTITUTES",
    "Adapt",
    "AdaptReport",
    "AdaptSettings",
    "Adapted",
    "Compressed",
    "Draft",
    "Epoch",
    "FitState",
    "FoldBatchNorm",
    "FoldRow",
    "Footprint",
    "GraphNode",
    "GraphView",
    "Hooks",
    "LayerFootprint",
    "LearnedThresholds",
    "Method",
    "Pattern",
    "Prune",
    "PruneSettings",
    "Quantize",
    "QuantizeSettings",
    "QuantizedFrom",
    "QuantizedHalves",
    "QuantizedReLU",
    "Ranges",
    "Substitute",
    "TrainSettings",
    "accuracy",
    "adapt",
    "apply_methods",
    "check_data",
    "choose",
    "fit",
    "fold_batchnorm",
    "footprint",
    "fresh",
    "from_exported",
    "from_onnx",
    "from_quantized_onnx",
    "from_torchscript",
    "keep_ranges_positive",
    "learned_thresholds",
    "load",
    "prune",
    "quantize",
    "rows_of",
    "save",
    "trace",
    "trainable",
    "weight_layers",
]

if not TYPE_CHECKING:
    __getattr__ = renamed(__name__, {"QuantReLU": "QuantizedReLU"})

same_module(__name__)
