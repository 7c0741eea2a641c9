"""Names that are nearly right, places of objects, and what a module raises."""

import pytest

from spikewright.importing import a, imported, is_place, nearest, raised, unknown


@pytest.mark.parametrize("text", ["a:b", "a.b:c", "a:b.c", "_x:Y"])
def test_a_place_is_a_module_and_an_object(text: str) -> None:
    assert is_place(text)


@pytest.mark.parametrize("text", ["", "a", "a:", ":b", "a:b:c", "a b:c", "../a:b", "a..b:c", "a:3"])
def test_anything_else_is_no_place(text: str) -> None:
    assert not is_place(text)


def test_an_object_inside_an_object_is_found() -> None:
    assert imported("posixpath:join.__name__") == "join"


def test_the_nearest_name() -> None:
    assert nearest("rat", ["rate", "ttfs"]) == "rate" and nearest("zzz", ["rate"]) is None and nearest(3, []) is None


def test_an_error_is_one_line() -> None:
    assert raised(KeyError("a\nb")) == "KeyError: 'a\\nb'" and raised(ValueError("a\n b")) == "ValueError: a b"
    assert raised(SystemExit(1)) == "a call of exit"


def test_articles() -> None:
    assert (a("attack"), a("recipe"), a("Attack")) == ("an attack", "a recipe", "an Attack")


def test_an_unknown_name_is_told_with_the_nearest_or_a_way_out() -> None:
    known = ["red", "green"]
    assert str(unknown("colour", "grene", known)) == "expected a colour out of red, green, got 'grene'; try green"
    assert str(unknown("colour", "x" * 99, known, "your own")).endswith("xxx; try your own")
    assert str(unknown("colour", 3, known)).endswith("got 3; try red")
