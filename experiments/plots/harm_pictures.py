"""The figures of a study under noise and attacks."""

from functools import partial
from typing import TYPE_CHECKING

from spikewright.experiments.plots.pictures import FigureFolder, Picture, panelled, setting
from spikewright.experiments.plots.robustness import Panel, draw_robustness, robustness_panels
from spikewright.experiments.plots.steps import network_kinds

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult


def attack_pictures(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    """Accuracy under each attack."""
    return _panels(result, folder, attack=True)


def noise_pictures(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    """Accuracy under each corruption."""
    return _panels(result, folder, attack=False)


def _panels(result: "StudyResult", folder: FigureFolder, *, attack: bool) -> list[Picture]:
    """A picture of a panel for each perturbation."""
    if not {"robustness", "accuracy"} <= set(result.tables):
        return []
    kinds = network_kinds(result.tables["accuracy"])
    panels = tuple(panel for panel in panels_of(result) if panel.attack == attack)
    if not panels:
        return []
    name, title = ("attacks", "Under attack") if attack else ("noise", "Under noise and faults")
    about = _attack_settings(result) if attack else _noise_settings(panels)
    samples = ", ".join(sorted({f"{panel.samples:,}" for panel in panels}))
    caption = (
        f"Accuracy on the first {samples} test images with 95 % intervals; CNNs solid, spiking networks dashed, dotted "
        f"line: guessing. {about}{setting(result)}"
    )
    drawn = [partial(draw_robustness, panel=panel, kinds=kinds) for panel in panels]
    return [panelled(name, title, caption, folder, drawn)]


def panels_of(result: "StudyResult") -> tuple[Panel, ...]:
    """The panels of all perturbations; none without the tables."""
    if not {"robustness", "accuracy"} <= set(result.tables):
        return ()
    return robustness_panels(result.tables["robustness"], network_kinds(result.tables["accuracy"]), classes_of(result))


def classes_of(result: "StudyResult") -> int:
    """Number of classes, from the trained model's file where there is one."""
    from spikewright.experiments.runs.origin import origin_of

    path = result.path("train", "ann", "model.safetensors")
    origin = origin_of(path) if path.is_file() else None
    return 10 if origin is None else origin.classes


def _attack_settings(result: "StudyResult") -> str:
    """What the curves are, and the settings of PGD where the study itself asks for attacks, no stage of the user's own."""
    attacks = () if result.study.robustness is None else result.study.robustness.attacks
    pgd = (part.record() for part in attacks if part.kind == "pgd")
    steps = {f"{attack.steps} steps, {attack.restarts} start" for attack in pgd}
    told = f"PGD: {', '.join(sorted(steps))}. " if steps else ""
    return "Worst case over nested budgets, so no curve rises. " + told


def _noise_settings(panels: tuple[Panel, ...]) -> str:
    """Over what the bands are."""
    counts = ", ".join(sorted({str(panel.chips) for panel in panels if panel.chips}))
    told = f" Faults of the chip: means over {counts} chips, bands over images and chips." if counts else ""
    return f"Bands over images; noise drawn for each image, means over its draws.{told} "
