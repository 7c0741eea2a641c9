"""The figures of a study under noise and attacks."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright.experiments.plots.pictures import Picture, setting
from spikewright.experiments.plots.robustness import Panel, draw_robustness, robustness_panels
from spikewright.experiments.plots.steps import network_kinds
from spikewright.experiments.plots.style import save_figure

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult


def attack_pictures(result: "StudyResult", folder: Path) -> list[Picture]:
    """Accuracy under each attack."""
    return _panels(result, folder, attack=True)


def noise_pictures(result: "StudyResult", folder: Path) -> list[Picture]:
    """Accuracy under each corruption."""
    return _panels(result, folder, attack=False)


def _panels(result: "StudyResult", folder: Path, *, attack: bool) -> list[Picture]:
    if "robustness" not in result.tables:
        return []
    kinds = network_kinds(result.tables["accuracy"])
    panels = robustness_panels(result.tables["robustness"], kinds, classes_of(result))
    panels = tuple(panel for panel in panels if panel.attack == attack)
    if not panels:
        return []
    figure = _grid(panels, kinds)
    name, title = ("attacks", "Under attack") if attack else ("noise", "Under noise and faults")
    about = _attack_settings(result) if attack else _noise_settings(panels)
    samples = ", ".join(sorted({f"{panel.samples:,}" for panel in panels}))
    caption = (
        f"Accuracy on the first {samples} test images with 95 % bands; CNNs solid, spiking networks dashed, dotted "
        f"line: guessing. {about}{setting(result)}"
    )
    save_figure(figure, folder / name)
    return [Picture(name, title, caption, folder / name)]


def classes_of(result: "StudyResult") -> int:
    """Number of classes, from the trained model's file."""
    from spikewright.experiments.runs.origin import origin_of

    origin = origin_of(result.path("train", "ann", "model.safetensors"))
    return 10 if origin is None else origin.classes


def _attack_settings(result: "StudyResult") -> str:
    assert result.study.robustness is not None
    pgd = (part.record() for part in result.study.robustness.attacks if part.kind == "pgd")
    steps = {f"{attack.steps} steps, {attack.restarts} start" for attack in pgd}
    told = f"PGD: {', '.join(sorted(steps))}. " if steps else ""
    return "Worst case over nested budgets, so no curve rises. " + told


def _noise_settings(panels: tuple[Panel, ...]) -> str:
    """Over what the bands are."""
    counts = ", ".join(sorted({str(panel.chips) for panel in panels if panel.chips}))
    told = f" Faults of the chip: means over {counts} chips, bands over images and chips." if counts else ""
    return f"Bands over images; noise drawn for each image, means over its draws.{told} "


def _grid(panels: tuple[Panel, ...], kinds: Mapping[str, str]) -> Any:
    import matplotlib.pyplot as plt

    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(3.3 * columns + 0.4, 2.9 * rows + 0.5), squeeze=False)
    handles: dict[str, Any] = {}
    for ax, panel in zip(axes.flat, panels, strict=False):
        draw_robustness(ax, panel, kinds)
        handles |= dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    for ax in axes[:, 1:].flat:
        ax.set_ylabel("")
    spare = axes.flat[-1] if len(panels) < axes.size else None
    if spare is not None:
        spare.legend(handles.values(), handles.keys(), loc="center")
    else:
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=len(handles))
    return figure
