"""The stages that harm: which subjects and images, and that no model is attacked by transfer from itself."""

from typing import Any

from spikewright.experiments.stages.harm import short
from spikewright.experiments.studies.expansion import expand
from tests.experiments.studies.small_study import small

CONVERSIONS = [{"name": "rate", "recipe": "rate"}, {"name": "whole", "recipe": "quantized"}]


def harms(**robustness: Any) -> dict[str, Any]:
    cells = expand(small(conversions=CONVERSIONS, robustness=robustness))
    return {cell.name: cell for cell in cells if cell.stage in ("noise", "attack")}


def test_subjects_are_the_model_and_every_spiking_network_unless_named() -> None:
    noise = {"kind": "gaussian", "strengths": [0.1]}
    assert set(harms(noise=[noise])) == {"ann-gaussian", "rate-gaussian"}
    assert set(harms(noise=[noise], subjects=["whole"])) == {"whole-gaussian"}
    assert set(harms(noise=[{**noise, "subjects": ["ann"]}], subjects=["whole"])) == {"ann-gaussian"}


def test_images_are_the_part_s_or_all_parts() -> None:
    cells = harms(
        noise=[{"kind": "gaussian", "strengths": [1], "images": 7}, {"kind": "impulse", "strengths": [1]}], images=9
    )
    assert cells["ann-gaussian"].params["settings"]["images"] == 7
    assert cells["ann-impulse"].params["settings"]["images"] == 9


def test_a_transfer_needs_its_source_and_spares_it() -> None:
    cells = harms(attacks=[{"kind": "pgd", "epsilons": [0.1], "transfer_from": "ann"}])
    assert list(cells) == ["rate-pgd-from-ann"]
    assert set(cells["rate-pgd-from-ann"].needs) == {"subject", "source"}


def test_settings_as_by_default_are_no_part_of_the_meaning() -> None:
    settings: tuple[dict[str, Any], ...] = ({}, {"norm": "linf"}, {"norm": "l2"})
    made = [harms(attacks=[{"kind": "fgsm", "epsilons": [0.1], **more}]) for more in settings]
    plain, spelled, other = (cells["ann-fgsm"] for cells in made)
    assert plain.key == spelled.key != other.key


def test_a_user_s_own_is_called_by_its_class() -> None:
    assert short("mine.attacks:Gradient") == "Gradient" and short("pgd") == "pgd"
