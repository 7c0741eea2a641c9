"""What `spikewright study` says of a study that is a search: before it runs, how large its space is; after it, what it found."""

import sys
from typing import TYPE_CHECKING

from spikewright import Table
from spikewright.experiments.cli.console import say
from spikewright.experiments.cli.showing import show

if TYPE_CHECKING:
    from spikewright.experiments.studies.spec import Study
    from spikewright.experiments.studies.study import StudyResult

MOST_ROWS = 20
UNTOLD = ("feasible", "front", "why")


def tell_found(result: "StudyResult") -> bool:
    """Print the front of a search, or on stderr why it has none; whether it has one. Of another study nothing, and True."""
    from spikewright.experiments.exploring.points import POINTS, front_table, shortage
    from spikewright.experiments.exploring.showing import told

    search, points = result.study.search, result.tables.get(POINTS)
    if search is None or points is None:
        return True
    say(f"search   {told(result.study, points)}")
    why = shortage(points, search)
    if why:
        say(f"search   {why}", file=sys.stderr)
        return False
    front = front_table(points, search)
    columns = [name for name in front.columns if not name.endswith(("_low", "_high")) and name not in UNTOLD]
    show(Table.of({name: row[name] for name in columns} for row in list(front)[:MOST_ROWS]), first=())
    if len(front) > MOST_ROWS:
        say(f'{len(front) - MOST_ROWS:,} more: spikewright query {result.folder} "select * from points where front"')
    return True


def tell_space(study: "Study") -> None:
    """Print how large the space of a search is, what it is made of, and how many of its points would be tried, and how."""
    from spikewright.experiments.exploring.asked_points import search_of
    from spikewright.experiments.exploring.asking import takes_all
    from spikewright.experiments.exploring.space import Space

    space, search = Space(study), search_of(study)
    count = min(search.points, space.size)
    how = "one after the other" if takes_all(space, search) else f"by {search.sampler}, {search.batch} at a time"
    say(f"space   {space.size:,} points, of which {count:,} would be tried, {how}")
    show(
        Table.of(
            {"setting": place, "values": len(values), "from": str(values[0]), "to": str(values[-1])}
            for place, values in space.dimensions.items()
        ),
        first=(),
    )
    say()
