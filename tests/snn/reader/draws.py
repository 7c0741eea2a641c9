"""The numbers that noise draws, as `snn.disturb.noise` states them."""

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def draws(seed: int, stream: int, sample: int, step: int, neurons: int) -> np.ndarray:
    """draw = m(m(m(m(seed + g stream) + g sample) + g step) + g neuron) for the neurons from 0 on."""
    word = np.array([seed], np.uint64)
    for number in (stream, sample, step):
        word = _mixed(word + GOLDEN * np.array([number], np.uint64))
    return _mixed(word + GOLDEN * np.arange(neurons, dtype=np.uint64))


def normal(seed: int, stream: int, sample: int, step: int, neurons: int) -> np.ndarray:
    """Normal draws of the three kinds from `stream` on."""
    fields = np.zeros(neurons, np.int64)
    for kind in range(3):
        for word in draws(seed, stream + kind, sample, step, neurons).view(np.uint16).reshape(-1, 4).T:
            fields += word
    return (fields + 6) / 65536 - 6


def happens(words: np.ndarray, probability) -> np.ndarray:
    """draw < floor(p 2**64), p one number or one for each draw."""
    limits = np.asarray(probability) * 2.0**64
    always = limits >= 2.0**64
    return always | (words < np.where(always, 0, limits).astype(np.uint64))


def shares(words: np.ndarray) -> np.ndarray:
    """draw / 2**64 in float64."""
    return words.astype(np.float64) / 2.0**64


def _mixed(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
