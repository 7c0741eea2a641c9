"""Sums over many samples from which the numbers of a layer follow, whatever the sizes of the batches were."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.diagnosis.parts import Activities
from spikewright.conversion.diagnosis.records import PARTS, ErrorPart, LayerDiagnosis

POINTS = 20_000
"""Pairs that are kept for a picture."""
NEAR = 1e-5
"""Relative difference of activations that float32 does not tell."""


@dataclass
class Tally:
    """The sums of one population. `ceiling (neurons,)` or `(1,)`: the largest value that it can send, None if unbounded."""

    ceiling: NDArray[np.float64] | None
    keep: float
    count: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    flags: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    points: list[NDArray[np.float32]] = field(default_factory=list)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def take(self, seen: Activities) -> None:
        """Add some samples."""
        a, y, parts = seen.activation, seen.decoded, seen.parts()
        error, own = y - a, y - seen.wanted
        self.count += a.size
        self._add("error", np.abs(error))
        self._add("own", np.abs(own))
        self._add("scale", np.abs(a))
        for name, value in (("a", a), ("y", y), ("aa", a * a), ("yy", y * y), ("ay", a * y), ("bias", error)):
            self._add(name, value)
        for name, part in parts.items():
            self._add(f"{name} contribution", part * np.sign(error))
            self._add(f"{name} magnitude", np.abs(part))
            self._add(f"{name} bias", part)
        self._add("saturated", seen.full & (np.abs(a) > np.abs(y) * (1 + NEAR)))
        self._all("silent", y == 0)
        self._all("silent in model", a == 0)
        self._all("always", seen.full)
        self._keep(a, y)

    def layer(self, names: tuple[str, str, str], levels: float | None) -> LayerDiagnosis:
        """The numbers; `names` of population, node and neuron."""
        mean = {name: value / self.count for name, value in self.sums.items()}
        share = {name: float(flag.mean()) for name, flag in self.flags.items()}
        parts = {p: ErrorPart(mean[f"{p} contribution"], mean[f"{p} magnitude"], mean[f"{p} bias"]) for p in PARTS}
        return LayerDiagnosis(
            *names, neurons=len(self.flags["silent"]), scale=mean["scale"], correlation=_correlation(mean),
            error=mean["error"], bias=mean["bias"], own_error=mean["own"], parts=parts, saturated=mean["saturated"],
            silent=share["silent"], silent_in_model=share["silent in model"], always=share["always"],
            points=np.concatenate(self.points, axis=1) if self.points else None, levels=levels,
        )  # fmt: skip

    def _add(self, name: str, values: NDArray[Any]) -> None:
        self.sums[name] = self.sums.get(name, 0.0) + float(values.sum(dtype=np.float64))

    def _all(self, name: str, true: NDArray[np.bool_]) -> None:
        """Whether it is true of all samples so far, for each neuron."""
        flag = true.all(axis=0)
        self.flags[name] = np.logical_and(flag, self.flags.get(name, True))

    def _keep(self, a: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        if self.ceiling is None:
            return
        scaled = np.stack([(a / self.ceiling).ravel(), (y / self.ceiling).ravel()]).astype(np.float32)
        wanted = min(scaled.shape[1], round(self.keep * scaled.shape[1]))
        places = self.random.choice(scaled.shape[1], wanted, replace=False)
        self.points.append(scaled[:, np.sort(places)])


def _correlation(mean: dict[str, float]) -> float | None:
    """Pearson's, None where one side is constant (to the rounding of its own square)."""
    of_a, of_y = mean["aa"] - mean["a"] ** 2, mean["yy"] - mean["y"] ** 2
    if of_a <= 1e-12 * mean["aa"] or of_y <= 1e-12 * mean["yy"]:
        return None
    return float(np.clip((mean["ay"] - mean["a"] * mean["y"]) / np.sqrt(of_a * of_y), -1.0, 1.0))
