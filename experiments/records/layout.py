"""Where things lie in the folder of a store.

cells/STAGE-NAME-KEY/   one finished cell: cell.json and its files; appears as a whole, never changes
work/STAGE-NAME-KEY/    one that is being made: its checkpoint stays after a kill
quarantine/             cells that were found damaged
runs/ID.json            one run: what it did, what failed, what it does now
tables/NAME/            rows of all cells of the last run, as Parquet; tables/NAME.csv beside it
made/                   of what tables and report were made, so that they are not made again of the same
store.json              the layout's version and the store's own number
"""

import re
from pathlib import Path

CELLS, WORK, QUARANTINE, RUNS, TABLES, MADE = "cells", "work", "quarantine", "runs", "tables", "made"
RECORD = "cell.json"
LAYOUT_VERSION = 2
LONGEST_NAME = 120
"""Characters of a stage and a name in a folder's name; file systems take 255 in all."""


def folder_name(stage: str, name: str, key: str) -> str:
    """The name of a cell's folder: for people first, the key at its end."""
    return f"{stage.rpartition(':')[2]}-{name}"[:LONGEST_NAME] + f"-{key}"


def is_of_a_cell(name: str) -> bool:
    """Whether a folder's name is that of a cell."""
    return re.fullmatch(r".+-[0-9a-f]{16}", name) is not None


def key_of(folder: str | Path) -> str:
    """The key of a cell from its folder's name."""
    return Path(folder).name.rpartition("-")[2]
