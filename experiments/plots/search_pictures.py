"""The figure of a search in a report."""

from functools import partial
from typing import TYPE_CHECKING

from spikewright.experiments.exploring.points import POINTS
from spikewright.experiments.plots.pictures import FigureFolder, Picture, picture, setting
from spikewright.experiments.plots.searched import draw_search, search_cloud

if TYPE_CHECKING:
    from spikewright.experiments.studies.study import StudyResult


def pictures_of_search(result: "StudyResult", folder: FigureFolder) -> list[Picture]:
    """The points of a search and its front; nothing for other studies, and for searches of one objective."""
    search = result.study.search
    cloud = None if search is None or POINTS not in result.tables else search_cloud(result.tables[POINTS], search)
    if search is None or cloud is None:
        return []
    more = list(search.objectives)[2:]
    others = (
        f" Also counted: {', '.join(more)}, so that a point may be on the front and look beaten here." if more else ""
    )
    bounds = f" Constraints: {', '.join(search.constraints)}." if search.constraints else ""
    asked = "one after the other" if search.sampler == "all" else f"asked for by {search.sampler}, seed {search.seed}"
    caption = (
        f"{cloud.tried:,} points were tried, {asked}; {len(cloud.front):,} of them are on the front: no other "
        "that meets the constraints is nowhere worse and somewhere better. Bars are intervals of what was measured and bounds "
        f"of what was estimated.{others}{bounds} {setting(result)}"
    )
    return [picture("front", "What was searched for, and found", caption, folder, partial(draw_search, cloud=cloud))]
