"""What a benchmark leaves behind: a table as CSV, a figure with a caption, and the machine it ran on."""

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.machine import machine
from spikewright import FolderKind, Kind, Table, atomic_path, claim_folder
from spikewright.experiments.plots.style import save_figure, styled
from spikewright.kinds import holds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CAPTION_FILE = Kind("a caption of a benchmark", holds(b"processor: "))


def _older(folder: Path) -> list[str] | None:
    """The files of results that were written before folders carried a marker."""
    names = [path.stem for path in folder.glob("*.txt") if CAPTION_FILE.made(path)]
    return [f"{name}.{ending}" for name in names for ending in ("csv", "txt", "png")] or None


RESULTS_FOLDER = FolderKind("a folder of benchmark results", older=_older)
Draw = Callable[["Axes"], Any]


def claim_results(folder: Path) -> Path:
    """The folder of results. Raises InvalidFile for one that is anything but missing, empty, or one of results."""
    return claim_folder(folder, RESULTS_FOLDER)


def publish(folder: Path, name: str, table: Table, panels: Sequence[Draw], caption: str) -> None:
    """Write `name.csv`, `name.txt` (caption and machine) and `name.png` with one panel for each of `panels`, all or nothing.

    Raises InvalidFile for a folder that is anything but missing, empty, or one of results.
    """
    folder = claim_results(folder)
    table.to_csv(folder / f"{name}.csv")
    with atomic_path(folder / f"{name}.txt", CAPTION_FILE) as path:
        path.write_text(f"{caption}\n{machine()}\n")
    figure_of(panels, f"{caption} {machine()}", folder / name)
    print(f"{table}\n{caption}\n-> {folder / name}.csv, .png\n", flush=True)


def figure_of(panels: Sequence[Draw], caption: str, base: Path) -> None:
    """Draw panels side by side, two in a row, over a caption."""
    with styled():
        import matplotlib.pyplot as plt

        columns = min(2, len(panels))
        rows = -(-len(panels) // columns)
        figure, axes = plt.subplots(rows, columns, figsize=(6.0 * columns + 0.8, 3.6 * rows + 0.9), squeeze=False)
        for ax, draw in zip(axes.flat, panels, strict=False):
            draw(ax)
        for ax in list(axes.flat)[len(panels) :]:
            ax.set_axis_off()
        width = int(105 * columns)
        figure.supxlabel("\n".join(textwrap.wrap(caption, width)), x=0.01, ha="left", fontsize=7.5, color="#555555")
        save_figure(figure, base, ("png",))
