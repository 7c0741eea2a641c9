"""A `Network` in Brian2 (Stimberg et al. 2019), where the law is written out and not chosen from a list.

How a network becomes groups, synapses and a schedule stands in `brian2_model`. The images of a batch follow one another in one
run; at the beginning of each every potential is set to its initial value.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from spikewright import InvalidInput, InvalidNetwork
from spikewright.optional import require
from spikewright.snn.interop.brian2_model import BrianModel
from spikewright.snn.interop.tools import Outcome, check_records, emitted
from spikewright.snn.network import Network

Target = Literal["numpy", "cython", "cpp_standalone"]
TARGETS = ("numpy", "cython", "cpp_standalone")


def simulate(network: Network, images: Any, *, target: Target = "numpy") -> Outcome:
    """Run `network` on `images (batch, *input shape)` in Brian2, float64.

    `target`: what Brian2 makes of its equations. "numpy" starts at once; "cython" and "cpp_standalone" compile for a minute or
    more and are then quicker on long runs. Raises MissingTool without Brian2, InvalidNetwork naming what Brian2 is not given:
    the layerwise schedule, records unknown to this bridge, more than 50 million explicit synapses.
    """
    brian = require("brian2")
    if target not in TARGETS:
        raise InvalidInput(f"expected a target among {', '.join(TARGETS)}, got {target!r}")
    check_records(network, "Brian2", also=frozenset({"delay", "refractory"}))
    if network.schedule != "synchronous":
        raise InvalidNetwork(f"Brian2 runs all populations step by step, got the {network.schedule} schedule")
    sent = emitted(network, images)
    # Delayed spikes of one image would arrive in the next: such images run one by one.
    parts = np.split(sent, sent.shape[1], axis=1) if any(q.delay for q in network.projections) else [sent]
    outcomes = []
    for part in parts:
        with generating(brian, target):
            outcomes.append(BrianModel(brian, network, part).run())
    return _joined(outcomes)


def _joined(parts: Sequence[Outcome]) -> Outcome:
    spikes = {name: np.concatenate([part.spikes[name] for part in parts]) for name in parts[0].spikes}
    return Outcome("Brian2", spikes, np.concatenate([part.potential for part in parts]))


@contextmanager
def generating(brian: Any, target: str) -> Iterator[None]:
    """Brian2's settings for one run, put back afterwards."""
    before = brian.prefs.codegen.target
    with tempfile.TemporaryDirectory() as folder:
        if target == "cpp_standalone":
            brian.set_device("cpp_standalone", directory=folder, build_on_run=True)
        else:
            brian.prefs.codegen.target = target
        try:
            yield
        finally:
            brian.prefs.codegen.target = before
            if target == "cpp_standalone":
                brian.device.reinit()
                brian.set_device("runtime")
