"""Figures as files."""

import numpy as np

from spikewright import Table
from spikewright.experiments import plots
from spikewright.snn import (
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    TtfsCode,
    dense,
)
from spikewright.snn.neurons import Neuron

ACCURACY = Table.of(
    {"network": n, "kind": k, "accuracy": a, "samples": 100}
    for n, k, a in (
        ("ann", "ANN", 0.98),
        ("rate", "SNN", 0.97),
        ("ttfs", "SNN", 0.975),
        ("integer", "integer CNN", 0.98),
    )
)


STEPS = Table.of(
    {"network": n, "step": t, "accuracy": a, "samples": 100}
    for n, t, a in (("rate", 1, 0.5), ("rate", 2, 0.9), ("rate", 3, 0.97), ("ttfs", 1, 0.975))
)


def network(code: Direct | RateCode | TtfsCode, hidden: Neuron) -> Network:
    rng = np.random.default_rng(0)
    weights = [dense(rng.normal(size=shape).astype(np.float32)) for shape in ((5, 4), (3, 5))]
    populations = (
        Population("input", (4,), Source()),
        Population("a", (5,), hidden),
        Population("b", (3,), Integrator()),
    )
    links = (Projection("input", "a", Linear(weights[0])), Projection("a", "b", Linear(weights[1])))
    return Network(populations, links, "input", "b", code)


def test_no_two_networks_share_a_colour() -> None:
    kinds = {f"network-{n}": "SNN" if n % 3 else "ANN" for n in range(120)}
    assert len({look.colour for look in plots.looks(kinds).values()}) == 120


def test_the_same_figure_gives_the_same_bytes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    contents = []
    for name in ("one", "two"):
        with plots.styled():
            import matplotlib.pyplot as plt

            figure, ax = plt.subplots()
            plots.draw_steps(ax, plots.step_curves(STEPS, ACCURACY))
            paths = plots.save_figure(figure, tmp_path / name)
        contents.append([path.read_bytes() for path in paths])
    assert contents[0] == contents[1]
