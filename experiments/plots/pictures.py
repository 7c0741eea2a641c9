"""A figure of a study as files, with its caption."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright.experiments.plots.style import save_figure

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult


SIZE, PANEL = (4.3, 3.4), (3.9, 2.9)
"""In inches, of a figure and of one of several panels: their text is readable on a screen of 400 pixels."""


@dataclass(frozen=True)
class FigureFolder:
    """Where figures are saved, and in which formats: "png", "svg", "pdf"."""

    path: Path
    formats: tuple[str, ...] = ("png", "svg")


@dataclass(frozen=True)
class Picture:
    """A figure as files, without their endings at `base`, and what it shows; one of several panels has `more` of them."""

    name: str
    title: str
    caption: str
    base: Path
    more: tuple[Path, ...] = ()

    @property
    def bases(self) -> tuple[Path, ...]:
        """Of all panels, in their order."""
        return (self.base, *self.more)


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
    folder: FigureFolder,
    draw: Callable[[Any], Any],
    size: tuple[float, float] = SIZE,
) -> Picture:
    """One drawing in a figure of its own, saved in a folder."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=size)
    draw(ax)
    save_figure(figure, folder.path / name, folder.formats)
    return Picture(name, title, caption, folder.path / name)


def panelled(
    name: str,
    title: str,
    caption: str,
    folder: FigureFolder,
    draws: Sequence[Callable[[Any], Any]],
    size: tuple[float, float] = PANEL,
) -> Picture:
    """At least one drawing, each in a figure of its own: name.svg, name-2.svg and so on."""
    names = [name if place == 1 else f"{name}-{place}" for place in range(1, len(draws) + 1)]
    made = [picture(each, title, caption, folder, draw, size) for each, draw in zip(names, draws, strict=True)]
    return Picture(name, title, caption, folder.path / name, tuple(one.base for one in made[1:]))
