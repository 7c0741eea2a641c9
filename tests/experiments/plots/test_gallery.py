"""The gallery draws what a study has data for, and no more."""

from pathlib import Path

from spikewright.experiments.plots.gallery import study_pictures
from spikewright.experiments.plots.pictures import FigureFolder
from spikewright.experiments.studies.study import open_study


def test_each_conversion_has_its_pictures_and_there_are_no_others(finished: Path, tmp_path: Path) -> None:
    result = open_study(finished)
    pictures = study_pictures(result, FigureFolder(tmp_path))
    names = {picture.name for picture in pictures}
    for part in result.study.conversions:
        assert {f"activations-{part.name}", f"raster-{part.name}"} <= names
    assert not names & {"noise", "attacks", "overview"} and not any(name.startswith("footprint") for name in names)
    for picture in pictures:
        assert picture.caption.endswith("seed 0.") and "small_cnn" in picture.caption
        assert all(picture.base.with_name(f"{picture.base.name}{ending}").is_file() for ending in (".png", ".svg"))
