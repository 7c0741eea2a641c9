"""A `Network` in Brian2 (Stimberg et al. 2019), where the law is written out and not chosen from a list.

A population is a `NeuronGroup` with the three lines of our law, in float64:

    v = decay v + (s + b); s = 0        every step
    threshold  v >= theta
    reset      v -= theta   or   v = 0

and every synapse is explicit, convolutions and pools unrolled: `s_post += w` when a spike arrives. Brian2 puts all groups
through a step together, so that a spike would need one step for each layer. Its schedule is therefore replaced: population
after population in topological order, each with the slots update, fire, record, send and reset, so that a spike of step t
reaches its targets in the same step t. A projection with a delay of d steps is sent at the beginning of step t + d.

The images of a batch follow one another in one run; at the beginning of each every potential is set to its initial value.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright import InvalidInput, InvalidNetwork
from spikewright.optional import require
from spikewright.snn.interop.tools import Outcome, check_records, emitted, spiking
from spikewright.snn.network import Network, Population, Projection
from spikewright.snn.neurons import LIF, SPIKING, Neuron, Source
from spikewright.snn.twin.synapses import Path

Target = Literal["numpy", "cython", "cpp_standalone"]
TARGETS = ("numpy", "cython", "cpp_standalone")
MOST_SYNAPSES = 50_000_000
SLOTS = ("update", "fire", "record", "send", "reset")
CHUNK = 256
MODEL = """v : 1
s : 1
deaf : 1
awake : 1
b : 1 (constant)
theta : 1 (constant)
initial : 1 (constant)"""


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
        with _generating(brian, target):
            outcomes.append(_Model(brian, network, part).run())
    return _joined(outcomes)


def _joined(parts: Sequence[Outcome]) -> Outcome:
    spikes = {name: np.concatenate([part.spikes[name] for part in parts]) for name in parts[0].spikes}
    return Outcome("Brian2", spikes, np.concatenate([part.potential for part in parts]))


@contextmanager
def _generating(brian: Any, target: str) -> Iterator[None]:
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


class _Model:
    """The objects of one Brian2 run."""

    def __init__(self, brian: Any, network: Network, sent: NDArray[np.float64]) -> None:
        self.brian, self.network = brian, network
        self.batch, self.steps = sent.shape[1], network.steps
        self.step = 1 * brian.ms
        self.place = {p.name: number for number, p in enumerate(network.order)}
        self.pixels = self._table(sent)
        self.groups = {p.name: self._group(p) for p in network.order}
        paths = [path for number, q in enumerate(network.projections) for path in self._synapses(number, q)]
        self.spikes = {p.name: self._monitor(p) for p in spiking(network)}
        output = self.groups[network.output]
        self.trace = brian.StateMonitor(output, "v", record=True, dt=self.step, when="end", name="trace")
        self.whole = brian.Network(*self.groups.values(), *paths, *self.spikes.values(), self.trace)
        turns = [f"{slot}{number}" for number in range(len(self.place)) for slot in SLOTS]
        # Brian2 looks up its own slot names too, used or not.
        self.whole.schedule = ["start", "begin", "arrive", "groups", *turns, "thresholds", "synapses", "resets", "end"]

    def run(self) -> Outcome:
        """All images one after another."""
        self.whole.run(self.batch * self.steps * self.step, namespace={"pixels": self.pixels})
        network = self.network
        counts = {name: self._counts(name) for name in self.spikes}
        last = np.asarray(self.trace.v).T[self.steps - 1 :: self.steps]
        shape = network.by_name[network.output].shape
        return Outcome("Brian2", counts, last.reshape(self.batch, *shape))

    def _counts(self, name: str) -> NDArray[np.int64]:
        monitor, population = self.spikes[name], self.network.by_name[name]
        image = np.round(np.asarray(monitor.t / self.step)).astype(np.int64) // self.steps
        flat = np.bincount(image * population.size + np.asarray(monitor.i), minlength=self.batch * population.size)
        return flat.reshape(self.batch, *population.shape).astype(np.int64)

    def _table(self, sent: NDArray[np.float64]) -> Any:
        """What the input sends, image after image, as a function of time: step by step, or one row for a whole window."""
        values = np.moveaxis(sent, 1, 0).reshape(len(sent) * self.batch, -1)
        return self.brian.TimedArray(values, dt=self.step * (self.steps // len(sent)), name="pixels")

    def _group(self, population: Population) -> Any:
        name = f"p{self.place[population.name]}"
        if isinstance(population.neuron, Source):
            return self._input(name, population)
        neuron, number = population.neuron, self.place[population.name]
        decay = float(np.float32(1.0 - neuron.leak)) if isinstance(neuron, LIF) else 1.0
        deaf = getattr(neuron, "refractory", 0)
        group = self.brian.NeuronGroup(population.size, MODEL, dt=self.step, name=name, **_firing(neuron, deaf))
        group.b, group.initial = spread(population.bias, population), spread(population.initial, population)
        start = "v = initial\ns = 0\ndeaf = 0"
        group.run_regularly(start, dt=self.steps * self.step, when="begin", name=f"{name}_begin")
        update = _deaf_update(decay) if deaf else f"v = {decay!r} * v + (s + b)\ns = 0"
        group.run_regularly(update, dt=self.step, when=f"update{number}", name=f"{name}_update")
        if isinstance(neuron, SPIKING):
            group.theta = spread(neuron.threshold, population)
            group.thresholder["spike"].when, group.resetter["spike"].when = f"fire{number}", f"reset{number}"
        return group

    def _input(self, name: str, population: Population) -> Any:
        """The input: whoever has a value that is not zero sends it, in every step."""
        model, size = "x = pixels(t, i) : 1", population.size
        group = self.brian.NeuronGroup(size, model, threshold="x != 0", reset="", dt=self.step, name=name)
        group.thresholder["spike"].when = f"fire{self.place[population.name]}"
        return group

    def _synapses(self, number: int, projection: Projection) -> list[Any]:
        pre, post, weights = explicit(self.network, projection)
        if not len(pre):  # pruned away altogether
            return []
        code = "s_post += w * x_pre" if projection.source == self.network.input else "s_post += w"
        source, target = self.groups[projection.source], self.groups[projection.target]
        synapses = self.brian.Synapses(source, target, "w : 1 (constant)", on_pre=code, dt=self.step, name=f"q{number}")
        synapses.connect(i=pre, j=post)
        synapses.w = weights
        synapses.pre.when = f"send{self.place[projection.source]}"
        if projection.delay:  # queued at the beginning of the step after the spike
            synapses.pre.when, synapses.pre.delay = "arrive", (projection.delay - 1) * self.step
        return [synapses]

    def _monitor(self, population: Population) -> Any:
        number = self.place[population.name]
        return self.brian.SpikeMonitor(self.groups[population.name], when=f"record{number}", name=f"p{number}_spikes")


def _firing(neuron: Neuron, deaf: int) -> dict[str, str]:
    """Brian2's threshold and reset of a neuron that fires."""
    if not isinstance(neuron, SPIKING):
        return {}
    reset = "v -= theta" if neuron.reset == "subtract" else "v = 0"
    if not deaf:
        return {"threshold": "v >= theta", "reset": reset}
    return {"threshold": "v >= theta and awake > 0", "reset": f"{reset}\ndeaf = {deaf}"}


def _deaf_update(decay: float) -> str:
    """The update of a neuron that keeps V, and loses what arrives, while `deaf` steps are left."""
    return f"""awake = int(deaf <= 0)
deaf = deaf - (1 - awake)
v = awake * ({decay!r} * v + (s + b)) + (1 - awake) * v
s = 0"""


def explicit(
    network: Network, projection: Projection
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Every synapse of a projection with a weight that is not zero: source address, target address, weight.

    Read off torch's operator, one source neuron at a time: what it sends when it alone is 1 is its row of weights.
    """
    path, source = Path(network, projection, torch.float64), network.by_name[projection.source]
    rows, columns, weights, count = [], [], [], 0
    for start in range(0, source.size, CHUNK):
        ones = torch.zeros(min(CHUNK, source.size - start), source.size, dtype=torch.float64)
        ones[torch.arange(len(ones)), start + torch.arange(len(ones))] = 1.0
        with torch.no_grad():
            sums = path(ones.reshape(-1, *source.shape)).flatten(1).numpy()
        pre, post = np.nonzero(sums)
        rows.append(pre + start)
        columns.append(post)
        weights.append(sums[pre, post])
        count += len(pre)
        if count > MOST_SYNAPSES:
            raise InvalidNetwork(f"projection {projection.name!r} has more than {MOST_SYNAPSES:,} explicit synapses")
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(weights)


def spread(value: Any, population: Population) -> NDArray[np.float64]:
    """One number for each neuron, flat, of a scalar, `(channels,)` or full value rounded to float32 as our engines do."""
    array = np.asarray(value, dtype=np.float32).astype(np.float64)
    if array.ndim == 1:
        array = array.reshape(-1, *[1] * (len(population.shape) - 1))
    return np.broadcast_to(array, population.shape).reshape(-1)
