"""A figure of a study as files, with its caption."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright.experiments.plots.style import save_figure

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult


@dataclass(frozen=True)
class Picture:
    """A figure as files, without their endings at `base`, and what it shows."""

    name: str
    title: str
    caption: str
    base: Path


def setting(result: "StudyResult") -> str:
    """The end of every caption: data set, model and seeds."""
    study = result.study
    model = study.model.architecture or study.model.zoo or study.model.factory
    seeds = ", ".join(map(str, study.seeds))
    return f"Data set {study.dataset.name}, network {model}, seed{'s' if len(study.seeds) > 1 else ''} {seeds}."


def picture(
    name: str,
    title: str,
    caption: str,
    folder: Path,
    draw: Callable[[Any], Any],
    size: tuple[float, float] = (6.4, 3.8),
) -> Picture:
    """One drawing in a figure of its own, saved in `folder`."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=size)
    draw(ax)
    save_figure(figure, folder / name)
    return Picture(name, title, caption, folder / name)
