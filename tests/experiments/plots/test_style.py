"""Figures as files."""

from spikewright.experiments import plots
from tests.experiments.plots.rows import ACCURACY, STEPS


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
