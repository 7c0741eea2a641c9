"""The report of an imported network: what became of each layer of the module."""

from typing import Any

import numpy as np
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from spikewright.snn.interop.laws import ForeignLaw, Placed
from spikewright.snn.interop.modules.chain import Op
from spikewright.snn.interop.modules.layers import is_idle
from spikewright.snn.populations import Population
from spikewright.snn.report import ReportRow


def layer_row(op: Op) -> ReportRow:
    """A layer between neurons: kept as a synapse, or folded into one."""
    layer: Any = op.layer
    folded = is_idle(layer) or isinstance(layer, _BatchNorm | nn.Identity | nn.Flatten)
    count = sum(parameter.numel() for parameter in layer.parameters())
    return ReportRow(op.name, type(layer).__name__, "folded" if folded else "kept", parameters=count)


def law_row(population: Population, kind: str, law: ForeignLaw, own: Placed) -> ReportRow:
    """A layer of neurons: the same law, or the same in other units of the potential."""
    same = not np.any(np.asarray(population.initial)) and own.unit == 1.0
    shifted = f"potential in units of {own.unit:.4g}, shifted to begin at {_seen(population.initial)}"
    detail = "the same law" if same else shifted
    if law.limit > 1:
        detail += f"; at most {law.limit} spikes a step"
    return ReportRow(population.name, kind, "kept" if same else "rewritten", detail, neurons=population.size)


def maximum_row(population: Population) -> ReportRow:
    """A max-pool that became neurons."""
    detail = "neurons of threshold 1 with reset to zero: one spike where any of the window fires"
    kind = f"MaxPool{len(population.shape) - 1}d"
    return ReportRow(population.name, kind, "rewritten", detail, neurons=population.size)


def sums_row(name: str) -> ReportRow:
    """The last weights, behind which nothing fires."""
    return ReportRow(name, "Integrator", "note", "logits are the sums, not the means, over all steps")


def _seen(value: Any) -> str:
    array = np.asarray(value)
    return f"{array:.4g}" if array.ndim == 0 else f"{array.min():.4g} to {array.max():.4g}"
