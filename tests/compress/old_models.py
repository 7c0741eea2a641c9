"""The architectures and the ways of compressing them that the files in `old_files` were made with, by earlier versions.

What a file must say stands in `old_files/expected.json`, as the version that wrote it saw it: digests of weights, masks and
integers, widths, and the bits of the footprint. A digest does not tell -0.0 from 0.0.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

Built = Callable[[], nn.Module]


def seeded(build: Built) -> Built:
    """The same weights each time."""

    def made() -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return build().eval()

    return made


def _plain() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, padding=1, groups=8),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(128, 10),
    )


def _sequence() -> nn.Module:
    return nn.Sequential(nn.Conv1d(2, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(48, 5))


def _transposed() -> nn.Module:
    return nn.Sequential(nn.ConvTranspose2d(2, 8, 3, groups=2), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 4))


MODELS: dict[str, tuple[Built, tuple[int, ...]]] = {
    "plain": (seeded(_plain), (1, 8, 8)),
    "sequence": (seeded(_sequence), (2, 8)),
    "transposed": (seeded(_transposed), (2, 4, 4)),
}
CASES: dict[str, tuple[str, dict[str, Any] | None, dict[str, Any] | None]] = {
    "pruned": ("plain", {"sparsity": 0.6}, None),
    "quantised": ("plain", None, {"bits": 4}),
    "both": ("plain", {"sparsity": 0.6}, {"bits": 3}),
    "n-of-m": ("plain", {"sparsity": 0.75, "pattern": "n:m", "block": 8, "scope": "layer", "spare": ("3",)}, {"bits": 8}),
    "blocks": ("plain", {"sparsity": 0.5, "pattern": "channel-block", "block": 8}, {"bits": 2}),
    "activations": ("plain", {"sparsity": 0.6}, {"bits": 4, "activation_bits": 3}),
    "sequence": ("sequence", {"sparsity": 0.5}, {"bits": 4}),
    "transposed": ("transposed", {"sparsity": 0.5}, {"bits": 4}),
}  # fmt: skip


def images(shape: tuple[int, ...], count: int = 24) -> torch.Tensor:
    """Drawn inputs from 0 to 1."""
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(1))


def compressed(case: str, package: Any) -> Any:
    """The Compressed of a case, by the functions of `package`; it is trained for one epoch wherever data is used."""
    name, pruning, quantising = CASES[case]
    build, shape = MODELS[name]
    model: Any = build()
    data = (images(shape), torch.arange(24) % 4)
    short = package.TrainSettings(epochs=1, batch_size=8)
    if pruning is not None:
        settings = {key: value for key, value in pruning.items() if key != "sparsity"}
        chosen = package.PruneSettings(rounds=1, final_epochs=1, training=short, **settings)
        model = package.prune(model, pruning["sparsity"], data, settings=chosen)
    if quantising is not None:
        chosen = package.QuantizeSettings(training=short)
        model = package.quantize(model, data=data, settings=chosen, **quantising)
    return model


def said(small: Any) -> dict[str, Any]:
    """What a Compressed says, in plain values."""
    weights = {key: value.detach().numpy() for key, value in small.model.state_dict().items()}
    return {
        "weights": {key: digest(value + value.dtype.type(0)) for key, value in sorted(weights.items())},
        "masks": {path: digest(np.asarray(mask)) for path, mask in sorted(small.masks.items())},
        "integers": {path: [digest(codes), digest(scale)] for path, (codes, scale) in sorted(small.integers.items())},
        "bits": dict(sorted(small.bits.items())),
        "footprint_bits": small.footprint.total_bits,
        "steps": list(small.steps),
    }


def digest(values: np.ndarray) -> str:
    """The first letters of the SHA-256 of an array."""
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:16]
