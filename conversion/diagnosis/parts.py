"""The error of a population taken apart, neuron by neuron.

With Q the charge that a neuron received in the whole run, v0 its initial potential, theta its threshold, A its amplitude,
C = `snn.codes.charge_steps`, M the most that it can send and f the activation of the model:

    x = Q A / (theta C)                                the mean input current, in the model's units
    y - a = [f(x) - a]                                 inherited: the input was wrong
          + [clip(f(x), 0, A M / C) - f(x)]            clipping: the neuron cannot send more
          + [A N / C - clip(...)]                      quantisation: N = clip(floor((Q + v0) / theta), 0, M) whole spikes
          + [A n / C - A N / C]                        unevenness: the n spikes sent are not those of the whole charge

The last term is zero in the layerwise schedule, where a neuron has all its charge before it fires (Bu et al. 2022 call it
the unevenness error). It also holds what a reset to zero, a leak or deafness throws away. A `TernaryIF` has a staircase on
both sides. What a `QuantReLU`, a `Ramp` and a `FewSpikeIF` send is N itself. A `LatchedIF` fires in step t = 1, 2, ... and says
theta / t: nothing is known of its mean current, so f(x) = a, clipped to theta and rounded to the next whole step, and all that
it inherited counts as unevenness, a spike at the wrong time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright.conversion.forward import activate
from spikewright.conversion.reading.plan import Unit
from spikewright.snn import Network, Population

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Activities:
    """One population in the model's units, `(samples, neurons)` each: what should be sent (`activation`), the stages on
    the way, what was sent (`decoded`), and where a neuron sent the most it can (`full`)."""

    activation: Values
    wanted: Values
    clipped: Values
    quantised: Values
    decoded: Values
    full: NDArray[np.bool_]

    def parts(self) -> dict[str, Values]:
        """By name, as in `conversion.diagnosis.PARTS`; their sum is decoded - activation."""
        return {
            "inherited": self.wanted - self.activation,
            "clipping": self.clipped - self.wanted,
            "quantisation": self.quantised - self.clipped,
            "unevenness": self.decoded - self.quantised,
        }


def most(network: Network, population: Population) -> float:
    """The most that a neuron can send in the whole run, spikes by their weight; infinite where nothing bounds it."""
    neuron = population.neuron
    if neuron.sends == "values":
        return neuron.most
    if neuron.sends == "times":
        return float(neuron.levels or 0) if network.numbers == "fixed" else float(np.max(neuron.compared_with))
    return _most_spikes(network, population) if neuron.fires else np.inf


def _most_spikes(network: Network, population: Population) -> float:
    """The most spikes in the steps in which a neuron is not deaf, by their weight."""
    neuron = population.neuron
    code: Any = network.code
    if neuron.step_factors:
        return float(sum(max(factor, 0.0) for factor in neuron.step_factors))
    if code.inside == "first spikes" and population.name != network.output:
        return float(min(code.limit, code.steps))
    weights = sum(code.weight(step) for step in range(code.steps))
    awake = -(-weights // (neuron.refractory + 1))
    return float(neuron.most * (awake if neuron.most_in_run is None else min(awake, neuron.most_in_run)))


def levels(network: Network, population: Population) -> int | None:
    """How many values besides 0 a neuron tells apart in a run; None for real values and for what sends no own ones.

    T for at most one spike a step, m T for bursts of m, 2 T where spikes have two signs, 2**p - 1 in a period of p phases,
    the limit of a SignedIF, the levels of a QuantReLU and of quantised spike times, 2**K - 1 for K spikes of different
    weight, T for the time of one spike in T steps.
    """
    neuron, code = population.neuron, network.code
    if neuron.sends in ("values", "times"):
        return neuron.levels
    if neuron.step_factors:
        return int(2 ** len(neuron.step_factors)) - 1
    if neuron.latches:
        return code.steps
    top = most(network, population)
    if not np.isfinite(top):
        return None
    if code.inside == "step weights":  # the same number is said again in each period
        top /= code.charge_steps
    return int(2 * top if neuron.two_sided else top)


def charge_of_one(network: Network, population: Population) -> Values:
    """The charge that one unit of what is sent stands for, () or `(channels, ...)`: the threshold of a spiking neuron."""
    neuron: Any = population.neuron
    if neuron.sends == "values":
        return np.asarray(2.0**neuron.shift / np.asarray(neuron.multiplier, dtype=np.float64))
    if neuron.sends == "times":
        return np.asarray(neuron.window / (neuron.levels or 1) if network.numbers == "fixed" else 1.0)
    return np.asarray(neuron.threshold if neuron.fires else 1.0, dtype=np.float64)


def unit_of(network: Network, population: Population) -> Values:
    """What one of all that is sent in a run stands for: amplitude / charge steps, `(neurons,)` or `(1,)`."""
    return as_neurons(population.amplitude, population) / network.code.charge_steps


def as_neurons(value: object, population: Population) -> Values:
    """A scalar, `(channels,)` or full array as `(neurons,)`, or `(1,)` for a scalar."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:
        return array.reshape(1)
    if array.shape != population.shape:
        array = np.broadcast_to(array.reshape(-1, *[1] * (len(population.shape) - 1)), population.shape)
    return array.reshape(-1)


def taken_apart(network: Network, unit: Unit, sent: Values, charge: Values, truth: Values) -> Activities:
    """The stages between `truth` and what was `sent`, `(samples, neurons)` each; `charge` is Q without v0."""
    population = network.by_name[unit.name]
    share, top = unit_of(network, population), most(network, population)
    theta = as_neurons(charge_of_one(network, population), population)
    wanted = activate(unit, torch.from_numpy(charge / theta * share)).numpy()
    neuron = population.neuron
    low = -top if neuron.two_sided else 0.0
    clipped, decoded = np.clip(wanted, low * share, top * share), sent * share
    counts = neuron.fires and not neuron.step_factors
    quantised = _whole(population, charge, theta, (low, top)) * share if counts else decoded
    return Activities(truth, wanted, clipped, quantised, decoded, np.abs(sent) >= top)


def passed_on(truth: Values, decoded: Values) -> Activities:
    """Of a population that adds no error of its own: a MaxGate, or an Integrator that only adds up."""
    return Activities(truth, decoded, decoded, decoded, decoded, np.zeros(truth.shape, dtype=bool))


def timed(network: Network, unit: Unit, raster: NDArray[np.generic], truth: Values) -> Activities:
    """The same for a `LatchedIF` from its `raster (steps, samples, *shape)`: the value of a spike is theta over its step."""
    theta = as_neurons(charge_of_one(network, network.by_name[unit.name]), network.by_name[unit.name])
    fired = raster.reshape(*raster.shape[:2], -1) != 0
    steps = np.arange(1, len(fired) + 1)
    when = np.where(fired.any(axis=0), fired.argmax(axis=0) + 1, np.inf)
    clipped = np.clip(truth, 0.0, theta)
    with np.errstate(divide="ignore"):
        due = np.ceil(theta / clipped)
    quantised = np.where(due <= steps[-1], theta / due, 0.0)
    return Activities(truth, truth, clipped, quantised, theta / when, when == 1)


def _whole(population: Population, charge: Values, theta: Values, bounds: tuple[float, float]) -> Values:
    """N, the spikes of the whole charge."""
    total = charge + as_neurons(population.initial, population)
    spikes = np.floor(total / theta)
    if population.neuron.two_sided:
        below = as_neurons(population.neuron.all_thresholds()["negative"], population)
        spikes = np.where(total >= 0, spikes, -np.floor(-total / below))
    return np.clip(spikes, *bounds)
