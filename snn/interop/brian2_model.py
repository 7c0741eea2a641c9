"""A network as the objects of one Brian2 run. A population is a `NeuronGroup` with the three lines of our law, in float64:

    v = decay v + (s + b); s = 0        every step
    threshold  v >= theta
    reset      v -= theta   or   v = 0

and every synapse is explicit, convolutions and pools unrolled: `s_post += w` when a spike arrives. Brian2 puts all groups
through a step together, so that a spike would need one step for each layer. Its schedule is therefore replaced: population
after population in topological order, each with the slots update, fire, record, send and reset, so that a spike of step t
reaches its targets in the same step t. A projection with a delay of d steps is sent at the beginning of step t + d.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.interop.explicit_synapses import explicit, spread
from spikewright.snn.interop.tools import Outcome, spiking
from spikewright.snn.network import Network
from spikewright.snn.neurons import Neuron
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection

SLOTS = ("update", "fire", "record", "send", "reset")
MODEL = """v : 1
s : 1
deaf : 1
awake : 1
b : 1 (constant)
theta : 1 (constant)
initial : 1 (constant)"""


class BrianModel:
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
        """The neurons of a population, in the slots of its place."""
        number, neuron = self.place[population.name], population.neuron
        name, decay, deaf = f"p{number}", float(np.float32(1.0 - neuron.leak)), neuron.refractory
        if population.name == self.network.input:
            return self._input(name, population)
        firing = _firing(neuron)
        group = self.brian.NeuronGroup(population.size, MODEL, dt=self.step, name=name, **firing)
        group.b, group.initial = spread(population.bias, population), spread(population.initial, population)
        start = "v = initial\ns = 0\ndeaf = 0"
        group.run_regularly(start, dt=self.steps * self.step, when="begin", name=f"{name}_begin")
        update = _deaf_update(decay) if deaf else f"v = {decay!r} * v + (s + b)\ns = 0"
        group.run_regularly(update, dt=self.step, when=f"update{number}", name=f"{name}_update")
        if firing:
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
        """The explicit synapses of a projection, sent in the slot of its source; none when it is pruned away."""
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


def _firing(neuron: Neuron) -> dict[str, str]:
    """Brian2's threshold and reset of a neuron that fires; nothing for one that adds up."""
    if not neuron.fires:
        return {}
    reset = "v -= theta" if neuron.reset == "subtract" else "v = 0"
    if not neuron.refractory:
        return {"threshold": "v >= theta", "reset": reset}
    return {"threshold": "v >= theta and awake > 0", "reset": f"{reset}\ndeaf = {neuron.refractory}"}


def _deaf_update(decay: float) -> str:
    """The update of a neuron that keeps V, and loses what arrives, while `deaf` steps are left."""
    return f"""awake = int(deaf <= 0)
deaf = deaf - (1 - awake)
v = awake * ({decay!r} * v + (s + b)) + (1 - awake) * v
s = 0"""
