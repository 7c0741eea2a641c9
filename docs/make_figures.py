"""The figures of README.md from a finished study: `python docs/make_figures.py runs/demo`."""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from experiments.plots.gallery import classes_of
from experiments.plots.pareto import draw_pareto, pareto_fronts
from experiments.plots.robustness import draw_robustness, robustness_panels
from experiments.plots.steps import network_kinds
from experiments.plots.style import save_figure, styled
from experiments.study import open_study
from hardware import DEVICES


def main(run: str) -> None:
    """Energy against area on the left, accuracy under PGD on the right."""
    result = open_study(run)
    kinds = dict(network_kinds(result.tables["accuracy"]))
    table = result.tables["hardware"].where(seed=result.study.seeds[0])
    panels = robustness_panels(result.tables["robustness"], kinds, classes_of(result))
    with styled():
        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), width_ratios=(1.25, 1))
        draw_pareto(left, pareto_fronts(table, kinds), DEVICES[table["device"][0]].lut)
        draw_robustness(right, next(panel for panel in panels if panel.title == "PGD"), kinds)
        right.legend(loc="upper right")
        save_figure(figure, Path(__file__).parent / "figures" / "overview", ("png",))


if __name__ == "__main__":
    main(sys.argv[1])
