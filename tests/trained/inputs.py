"""Inputs of the kinds that the networks were trained for, all of them generated or from a package of the tests."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RATE = 16_000
"""Samples of sound in a second."""


def tones(count: int, seed: int, length: int = 1024) -> Floats:
    """Standardised frames of sound `(count, length)`: ten harmonics of a pitch from 60 to 1,000 Hz, and noise."""
    random = np.random.default_rng(seed)
    pitch = np.exp(random.uniform(np.log(60), np.log(1000), (count, 1, 1)))
    harmonics = np.arange(1, 11).reshape(1, -1, 1)
    phase, loud = random.uniform(0, 2 * np.pi, (2, count, 10, 1))
    times = np.arange(length) / RATE
    sound = (loud / harmonics * np.sin(2 * np.pi * pitch * harmonics * times + phase)).sum(1)
    sound += random.normal(size=sound.shape) * random.uniform(0.01, 0.3, (count, 1)) * sound.std(1, keepdims=True)
    sound -= sound.mean(1, keepdims=True)
    return (sound / sound.std(1, keepdims=True)).astype(np.float32)


def sound(seconds: float, seed: int) -> Floats:
    """Loudness `(samples,)` in units of 16 bits: syllables of gliding harmonics, about as loud as speech, pauses and noise."""
    random = np.random.default_rng(seed)
    syllables = []
    while sum(map(len, syllables)) < seconds * RATE:
        length = int(random.uniform(0.08, 0.4) * RATE)
        glide = np.linspace(*random.uniform(90, 350, 2), length)
        phase = 2 * np.pi * np.cumsum(glide) / RATE
        shape = np.exp(-((np.arange(1, 20) * glide.mean() / random.uniform(400, 2500) - 1) ** 2)) + 0.05
        voice = sum(weight * np.sin(number * phase) for number, weight in enumerate(shape, 1))
        syllables += [
            voice * np.hanning(length) * random.uniform(500, 6000),
            np.zeros(int(random.uniform(0, 0.3) * RATE)),
        ]
    whole = np.concatenate(syllables)[: int(seconds * RATE)]
    return (whole + random.normal(0, 60, len(whole))).astype(np.float32)


def crops(count: int, seed: int, size: int) -> Floats:
    """Pieces `(count, 3, size, size)` of the two photographs that scikit-learn has, from -1 to 1, at many scales."""
    import torch
    from sklearn.datasets import load_sample_images
    from torch.nn.functional import interpolate

    random, photographs = np.random.default_rng(seed), load_sample_images().images
    pieces = []
    for _ in range(count):
        photograph = photographs[random.integers(len(photographs))]
        wide = int(size * np.exp(random.uniform(0, np.log(400 / size))))
        y, x = (random.integers(side - wide + 1) for side in photograph.shape[:2])
        piece = torch.from_numpy(photograph[y : y + wide, x : x + wide].copy()).permute(2, 0, 1)[None].float()
        pieces.append(interpolate(piece, size=(size, size), mode="area"))
    return ((torch.cat(pieces) - 127.5) / 128).numpy()


def mel_windows(models: Path, count: int, seed: int) -> Floats:
    """Spectrograms `(count, 1, 76, 32)` of `sound`, 0.76 s each, by openwakeword's own first network."""
    from onnx.reference import ReferenceEvaluator

    heard = sound(0.08 * count + 1.0, seed)
    spectrum = ReferenceEvaluator(str(models / "melspectrogram.onnx"))
    (values,) = spectrum.run(None, {"input": heard[None]})
    frames = np.asarray(values).reshape(-1, 32) / 10 + 2
    starts = range(0, 8 * count, 8)
    return np.stack([frames[start : start + 76] for start in starts])[:, None].astype(np.float32)
