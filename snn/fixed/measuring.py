"""What saturation of potentials changes on samples, by running them with it and without."""

from typing import Any

import numpy as np

from spikewright.answers import Values
from spikewright.snn.activity import Activity
from spikewright.snn.fixed.saturation import widened
from spikewright.snn.network import Network
from spikewright.snn.report import ReportRow
from spikewright.snn.simulation import simulate
from spikewright.snn.streams import check_inputs

PROBED = 50
"""Samples that are run at once."""


def measured_saturation(network: Network, inputs: Any) -> ReportRow:
    """What the declared widths of a fixed-point `network` change on `inputs`: spikes of neurons and steps, and predictions.

    Both the network and the same with potentials as wide as proved are run. Raises what `simulate` raises.
    """
    checked = check_inputs(network, inputs)
    inputs = inputs if network.code.takes == "events" else checked
    proved, sent, differ, answers = widened(network), 0, 0, 0
    for start in range(0, len(inputs), PROBED):
        part = inputs[start : start + PROBED]
        runs = [simulate(one, part, record=("rasters",)) for one in (network, proved)]
        mine, theirs = ([run.rasters[p.name] for p in network.populations] for run in runs)
        sent += sum(int(np.count_nonzero(x)) for x in theirs)
        differ += sum(int(np.count_nonzero(x != y)) for x, y in zip(mine, theirs, strict=True))
        answers += int(np.count_nonzero((said(runs[0]) != said(runs[1])).any(axis=1)))
    told = f"on {len(inputs):,} samples {differ:,} of {sent:,} spikes and {answers:,} answers are not those without saturation"
    return ReportRow("network", "saturation", "note", told)


def said(run: Activity) -> Values:
    """What a run answers: its decisions, `(batch, decisions)`, or the logits themselves where nothing is decided."""
    return run.decisions if run.decisions.size else run.logits
