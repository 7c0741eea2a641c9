"""How a long call tells its caller where it is. The library never prints; the command line draws the bars."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""`progress(stage, done, total)`: the stage's name, the units done and the units in all."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress callback that shows nothing."""
