"""A network of real weights, or of integers with scales, that becomes one in fixed point."""

import numpy as np

from spikewright.snn import (
    IF,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Source,
    dense,
)
from spikewright.weights import Expression


def network(seed: int, *, weights: str = "integers", steps: int = 6) -> Network:
    """Convolution, residual sum, dense layer; `weights` "integers" with scales, or "floats"."""
    rng = np.random.default_rng(seed)

    def storage(*shape: int, one_scale: bool = False) -> Expression:
        fan_in = float(np.sqrt(np.prod(shape[1:])))
        if weights == "floats":
            return dense((rng.normal(size=shape) / fan_in).astype(np.float32))
        scale = np.full(shape[0], 0.1) if one_scale else rng.uniform(0.05, 0.2, shape[0])
        return dense(rng.integers(-7, 8, shape).astype(np.int8), (scale / fan_in).astype(np.float32))

    return Network(
        (
            Population("input", (1, 6, 6), Source()),
            Population("a", (3, 6, 6), IF(rng.uniform(0.3, 1, 3)), bias=rng.normal(size=3) / 20, initial=0.2),
            Population("b", (3, 6, 6), IF(rng.uniform(0.3, 1, 3)), bias=rng.normal(size=(3, 6, 6)) / 20),
            Population("out", (4,), Integrator(), bias=rng.normal(size=4) / 20),
        ),
        (
            Projection("input", "a", Conv2d(storage(3, 1, 3, 3), padding=(1, 1))),
            Projection("a", "b", Conv2d(storage(3, 3, 3, 3), padding=(1, 1))),
            Projection("a", "b", Identity(np.array([0.5, 0.4, 0.3])), name="skip"),
            Projection("b", "out", Linear(storage(4, 27, one_scale=True)), pool=(2, 2)),
        ),
        "input",
        "out",
        Direct(steps),
        logit_scale=1 / steps,
    )
