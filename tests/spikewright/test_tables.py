"""Tables of names: members by name or by place, the nearest name in the error, a user's module in one sentence."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest

from spikewright import InvalidInput
from spikewright.tables import Family, Within


class Attack:
    """What all have in common."""


@dataclass(frozen=True)
class Gradient(Attack):
    """Goes uphill.

    steps: how often.
    """

    steps: Annotated[int, Within(1, 100)] = 10


@dataclass(frozen=True)
class Budgeted(Attack):
    """Has a budget."""

    budget: Annotated[float, Within(0)]

    def __post_init__(self) -> None:
        if self.budget == 7:
            raise InvalidInput("expected another budget, got 7")


ATTACKS: Family[type[Any]] = Family("attack", Attack, {"gradient": Gradient, "budgeted": Budgeted})
LAZY: Family[type[Any]] = Family("number", "fractions:Fraction", {"half": "nowhere:Half"})

MINE = """
from dataclasses import dataclass
from tests_base import Attack

@dataclass(frozen=True)
class Mine(Attack):
    '''Mine alone.'''
    steps: int = 3
    def __post_init__(self):
        if self.steps == 13: raise KeyError("thirteen")

STRONG = Mine(99)
class Other: pass
class Loose(Attack): pass
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a user's modules, which are forgotten again."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setitem(sys.modules, "tests_base", sys.modules[__name__])
    before = set(sys.modules)
    (tmp_path / "mine_attacks.py").write_text(MINE)
    (tmp_path / "raises_here.py").write_text("raise RuntimeError('no\\nluck')\n")
    (tmp_path / "leaves_here.py").write_text("import sys; sys.exit(3)\n")
    (tmp_path / "wants_more.py").write_text("import nowhere_at_all\n")
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_table_is_a_mapping_that_loads_nothing() -> None:
    assert list(LAZY) == ["half"] and "half" in LAZY and len(LAZY) == 1 and "third" not in LAZY
    assert dict(ATTACKS) == {"gradient": Gradient, "budgeted": Budgeted}


def test_a_record_is_made_from_plain_values() -> None:
    assert ATTACKS.make("gradient", {}) == Gradient()
    assert ATTACKS.make("budgeted", {"budget": 2}) == Budgeted(2)
    assert ATTACKS.summary("gradient") == "Goes uphill."
    assert [option.name for option in ATTACKS.options("gradient")] == ["steps"]


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("gradint", {}, "expected an attack out of gradient, budgeted, got 'gradint'; try gradient"),
        ("zzz", {}, "expected an attack out of gradient, budgeted, got 'zzz'; try your own as package.module:Class"),
        (3, {}, "got 3; try your own"),
        (["gradient"], {}, "got ['gradient']; try gradient"),
        ("gradient", {"stepz": 1}, "expected options of the attack 'gradient' (steps), got stepz; try steps"),
        ("gradient", {"steps": 0}, "the attack 'gradient': expected steps to be a whole number from 1 to 100, got 0; try"),
        ("budgeted", {}, "expected budget for the attack 'budgeted', a number of at least 0, got none"),
        ("budgeted", {"budget": 7}, "expected another budget, got 7"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_the_nearest(name: str, given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        ATTACKS.make(name, given)
    assert told in str(error.value)


def test_a_users_own_stands_wherever_a_name_does(here: Path) -> None:
    made = ATTACKS.make("mine_attacks:Mine", {"steps": 5})
    assert made.steps == 5 and isinstance(made, Attack)
    assert ATTACKS.make("mine_attacks:STRONG", {}).steps == 99
    assert ATTACKS.make("mine_attacks:STRONG", {"steps": 1}).steps == 1
    assert ATTACKS.summary("mine_attacks:Mine") == "Mine alone."
    assert [option.default for option in ATTACKS.options("mine_attacks:Mine")] == [3]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "nowhere_at_all:Mine",
            "expected an attack at nowhere_at_all:Mine, got: No module named 'nowhere_at_all'; try",
        ),
        ("wants_more:Mine", "No module named 'nowhere_at_all'"),
        ("mine_attacks:Mime", "got no Mime there; try Mine"),
        ("raises_here:Mine", "got RuntimeError: no luck from raises_here; try it in Python first"),
        ("leaves_here:Mine", "got a call of exit from leaves_here"),
        ("mine_attacks:Other", "to be a dataclass that is an Attack, got the class Other"),
        ("mine_attacks:Loose", "to be a dataclass that is an Attack, got the class Loose"),
        ("mine_attacks:sys", "got no sys there"),
        ("mine_attacks:MINE:x", "expected an attack as package.module:object"),
        (":Mine", "expected an attack as package.module:object"),
        ("mine attacks:", "expected an attack as package.module:object"),
    ],
)
def test_a_users_module_is_refused_in_one_sentence(here: Path, name: str, told: str) -> None:
    with pytest.raises(InvalidInput) as error:
        ATTACKS.make(name, {})
    assert told in str(error.value) and "\n" not in str(error.value)


def test_what_a_users_constructor_raises_is_one_sentence(here: Path) -> None:
    with pytest.raises(InvalidInput, match="got KeyError: 'thirteen'; try it in Python first"):
        ATTACKS.make("mine_attacks:Mine", {"steps": 13})


def test_finished_records_have_no_settings(here: Path) -> None:
    (here / "boards.py").write_text("from pathlib import PurePosixPath as P\nMINE = P('/dev/mine')\nclass Not: pass\n")
    boards: Family[Any] = Family("device", "pathlib:PurePath", {"null": Path("/dev/null")}, finished=True)
    assert boards.find("null") == Path("/dev/null") and str(boards.find("boards:MINE")) == "/dev/mine"
    with pytest.raises(InvalidInput, match="expected boards:Not to be a record of PurePath, got the class Not"):
        boards.find("boards:Not")


def test_a_member_that_is_not_where_the_table_says_is_told() -> None:
    with pytest.raises(InvalidInput, match="No module named 'nowhere'"):
        LAZY.find("half")
