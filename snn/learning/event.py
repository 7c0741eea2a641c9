"""The compiled engine of `snn.learning.run`: each input spike adds one row of weights, each output spike rewrites one column.

Rows (one input, all neurons) are contiguous. Input traces are not stepped: at an output spike the trace of an input is
looked up by the time since its last spike. A presentation allocates nothing; those without learning run side by side.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.threads import over_chunks
from spikewright.snn.kernels.draws import at_step, draw, key_of
from spikewright.snn.kernels.jit import compiled, inlined
from spikewright.snn.learning.records import Learned, Responses, WinnerTakeAll

Array = NDArray[Any]
NEVER = -(2**30)
_CHUNK = 32


def train(learned: Learned, state: tuple[Array, Array], pixels: Array, first: int) -> Responses:
    """Present `pixels (n, inputs)` one after the other and change `state` = (weights, theta) in place."""
    out = _empty(len(pixels), learned.network.neurons)
    _present_each((pixels, first, True), state, _plan(learned.network, learned.seed, 1), _scratch(learned.network), out)
    return Responses(*out)


def answer(learned: Learned, pixels: Array, first: int, purpose: int) -> Responses:
    """Present `pixels (n, inputs)` without learning, samples in parallel."""
    out = _empty(len(pixels), learned.network.neurons)
    plan = _plan(learned.network, learned.seed, purpose)

    def work(chosen: slice, _: Any) -> None:
        part = tuple(array[chosen] for array in out)
        shown = (pixels[chosen], first + chosen.start, False)
        _present_each(shown, (learned.weights, learned.theta), plan, _scratch(learned.network), part)

    over_chunks(len(pixels), _CHUNK, work)
    return Responses(*out)


def _plan(network: WinnerTakeAll, seed: int, purpose: int) -> tuple[Any, ...]:
    """Keys of the attempts, constants of cell and rule, chances of the attempts, and the trace by age in steps."""
    cell, rule, shown = network.neuron, network.rule, network.shown
    real = np.float32
    ages = np.arange(shown.steps, dtype=np.float64)
    fading = np.exp(-(shown.shown_ms + shown.rest_ms) / cell.theta_tau_ms)
    attempts = range(shown.most_attempts)
    return (
        np.array([_key(seed, 4 * attempt + purpose) for attempt in attempts], np.uint64),
        (
            shown.steps, round(cell.refractory_ms / shown.step_ms), shown.least_spikes,
            real(1.0 - shown.step_ms / cell.tau_ms), real(cell.threshold), real(network.inhibition),
            real(cell.theta_plus), real(fading),
        ),
        (real(rule.learning_rate), real(rule.trace_target), real(rule.weight_max), float(rule.weight_sum)),
        np.array([shown.chance(attempt) for attempt in attempts]),
        np.exp(-ages * shown.step_ms / rule.trace_tau_ms).astype(real),
    )  # fmt: skip


def _key(seed: int, stream: int) -> Any:
    return key_of(seed, stream // 16, stream % 16)


def _empty(images: int, neurons: int) -> tuple[Array, ...]:
    return (np.zeros((images, neurons), np.int32), *(np.zeros(images, np.int64) for _ in range(3)))


def _scratch(network: WinnerTakeAll) -> tuple[Array, ...]:
    inputs, neurons = network.inputs, network.neurons
    return (
        np.zeros(neurons, np.float32), np.zeros(neurons, np.float32), np.zeros(neurons, np.int32),
        np.zeros(inputs, np.int32), np.zeros(inputs + 1, np.int64), np.zeros(inputs, np.uint64),
        np.zeros(neurons, np.float64), np.zeros(neurons, np.float32), np.zeros(inputs, np.int64),
    )  # fmt: skip


@compiled
def _present_each(shown, state, plan, scratch, out):
    pixels, first, learning = shown
    weights, theta = state
    keys, cell, rule, chances, trace = plan
    counts, input_spikes, output_spikes, attempts = out
    limit, total, scale, active = scratch[5:]
    for s in range(pixels.shape[0]):
        lit = 0
        for i in range(pixels.shape[1]):
            if pixels[s, i] > 0:
                active[lit] = i
                lit += 1
        for attempt in range(chances.size):
            for a in range(lit):
                limit[a] = np.uint64(np.float64(pixels[s, active[a]]) * chances[attempt] * 18446744073709551616.0)
            counts[s] = 0
            place = (keys[attempt], first + s, lit)
            sent, came = _present(place, (weights, theta), trace, cell, rule, learning, scratch, counts[s])
            input_spikes[s] += sent
            output_spikes[s] += came
            attempts[s] = attempt + 1
            if learning:
                _settle(weights, theta, counts[s], rule, cell[7], total, scale)
            if came >= cell[2]:
                break


@compiled
def _present(place, state, trace, cell, rule, learning, scratch, counts):
    key, sample, lit = place
    weights, theta = state
    steps, refractory, _, decay, threshold, inhibition, theta_plus, _ = cell
    V, S, ready, last, fired, limit, _, _, active = scratch
    V[:] = 0
    S[:] = 0
    ready[:] = 0
    last[:] = NEVER
    sent = 0
    came = 0
    for t in range(steps):
        begun = at_step(key, sample, t)
        spikes = 0
        for a in range(lit):  # written always, kept only if it fires: no branch to guess
            fired[spikes] = active[a]
            spikes += np.int64(draw(begun, active[a]) < limit[a])
        for e in range(spikes):
            i = np.uint64(fired[e])
            last[i] = t
            for n in range(S.size):
                S[n] += weights[i, n]
        sent += spikes
        crossed = False
        for n in range(V.size):
            v = decay * V[n] + S[n]
            v = v if ready[n] <= t else np.float32(0)
            V[n] = v
            S[n] = 0
            crossed |= (v - theta[n]) - threshold >= 0
        if crossed:
            winner = _winner(V, theta, threshold)
            came += 1
            counts[winner] += 1
            V[winner] = 0
            ready[winner] = t + 1 + refractory
            S[:] = -inhibition
            S[winner] = 0
            if learning:
                theta[winner] += theta_plus
                _potentiate(weights, winner, t, last, trace, rule)
    return sent, came


@inlined
def _winner(V, theta, threshold):
    winner = 0
    best = np.float32(-np.inf)
    for n in range(V.size):
        excess = (V[n] - theta[n]) - threshold
        if excess > best:
            winner = n
            best = excess
    return winner


@inlined
def _potentiate(weights, winner, t, last, trace, rule):
    rate, target, top, _ = rule
    for i in range(last.size):
        age = t - last[i]
        x = trace[age] if age < trace.size else np.float32(0)
        w = weights[i, winner]
        w = w + (rate * (x - target)) * (top - w)
        weights[i, winner] = min(max(w, np.float32(0)), top)


@compiled
def _settle(weights, theta, counts, rule, fading, total, scale):
    """After a presentation: scale the weights of the neurons that fired, and let every theta fade."""
    top, wanted = rule[2], rule[3]
    total[:] = 0
    for i in range(weights.shape[0]):
        for n in range(weights.shape[1]):
            total[n] += weights[i, n]
    for n in range(theta.size):
        scale[n] = np.float32(wanted / total[n]) if counts[n] > 0 and total[n] > 0 else np.float32(1)
        theta[n] *= fading
    for i in range(weights.shape[0]):
        for n in range(weights.shape[1]):
            weights[i, n] = min(weights[i, n] * scale[n], top)
