"""The figure that a study is known by: energy and area, and the strongest attack on the models themselves."""

from pathlib import Path

from spikewright.experiments.plots.overview import drawn_panels, overview_pictures, strongest
from spikewright.experiments.plots.pictures import FigureFolder
from spikewright.experiments.plots.robustness import Curve, Panel
from tests.experiments.studies.made_results import result_of


def panel(name: str, *accuracy: float, attack: bool = True) -> Panel:
    curve = Curve("a", "ANN", tuple(map(float, range(len(accuracy)))), accuracy, accuracy, accuracy)
    return Panel(name, attack, (curve,), 0.1, 9)


def test_the_strongest_attack_leaves_least_and_was_made_on_the_model() -> None:
    panels = (panel("FGSM", 1.0, 0.5), panel("PGD", 1.0, 0.2), panel("PGD from b", 1.0, 0.0))
    found = strongest((*panels, panel("GaussianNoise", 0.0, attack=False)))
    assert found is not None and found.perturbation == "PGD" and strongest(()) is None


def test_without_designs_and_attacks_there_is_no_figure(tmp_path: Path) -> None:
    result = result_of(tmp_path / "study", accuracy=[{"network": "ann", "kind": "ANN", "accuracy": 1.0}])
    assert drawn_panels(result)[0] == overview_pictures(result, FigureFolder(tmp_path)) == []
