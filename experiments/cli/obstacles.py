"""What stands in the way of a conversion, as a table: when `convert` refuses, and for `convert --check`."""

from typing import TYPE_CHECKING, Any

from spikewright import InvalidInput, Table
from spikewright.experiments.cli.console import say
from spikewright.experiments.cli.showing import show

if TYPE_CHECKING:
    from spikewright.conversion import Obstacle, Recipe

SHOWN = 3
"""Refused layers that the last line names; the table has all of them."""


def print_check(model: Any, samples: Any, recipe: "Recipe", input_range: Any, wide: bool = False) -> None:
    """Print all that stands in the way of `recipe` and of hardware behind it. Raises InvalidInput where that hinders."""
    from spikewright.conversion import obstacles

    found = obstacles(model, samples, recipe, input_range=input_range)
    if any(one.hinders for one in found):
        raise refused(found, False, wide)
    if found:
        show(obstacle_table(found), wide=wide, first=("layer", "reason", "try"))
        say()
    told = (
        f"but hardware refuses {len(found)} of its steps"
        if found
        else "and no step of it stands in the way of hardware"
    )
    say(f"nothing stands in the way of the conversion, {told}; nothing was written")


def refused(found: "tuple[Obstacle, ...]", adaptable: bool, wide: bool = False) -> InvalidInput:
    """Print the table of obstacles, and give the error that names the first of them."""
    show(obstacle_table(found), wide=wide, first=("layer", "reason", "try"))
    hard = [one for one in found if one.hinders]
    named = [f"{one.node} ({one.what}: {one.reason})" for one in hard][:SHOWN]
    more = f" and {len(hard) - SHOWN} more" if len(hard) > SHOWN else ""
    way = ", or try spikewright adapt first" if adaptable else ""
    return InvalidInput(
        f"expected layers with a spiking form, got {len(hard)} without: {', '.join(named)}{more}; see the table{way}"
    )


def obstacle_table(found: "tuple[Obstacle, ...]") -> Table:
    """A row for each obstacle: its layer, what it is, who refuses it, the reason, and what to use instead."""
    return Table.of(
        {"layer": one.node, "kind": one.what, "refused by": one.refuses, "reason": one.reason, "try": one.substitute}
        for one in found
    )
