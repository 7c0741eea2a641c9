"""Attacks on images: the table of their names. One file for each attack, and a line here.

What they share: `base` what each promises, `tasks` the examples under attack, `geometry` the ball that may be searched,
`losses` what is climbed, `ascents` the climb.
"""

from typing import Any

from spikewright.tables import Family

_HERE = "spikewright.robustness.attacks"

ATTACKS: Family[type[Any]] = Family(
    "attack",
    f"{_HERE}.base:Attack",
    {
        "fgsm": f"{_HERE}.fgsm:FGSM",
        "pgd": f"{_HERE}.pgd:PGD",
        "square": f"{_HERE}.square:Square",
    },
)
"""Name -> class of the attack. `Transfer`, which takes another attack and a model, is made in Python or by transfer_from."""
