"""Old names of a package are found with a warning that names the new one; nothing else is."""

import sys
from types import ModuleType

import pytest

from spikewright import snn, weights
from spikewright.renaming import renamed


def test_an_old_name_gives_the_new_thing_and_says_so() -> None:
    module = ModuleType("a_module")
    module.New = object()  # type: ignore[attr-defined]
    sys.modules["a_module"] = module
    find = renamed("a_module", {"Old": "New"})
    try:
        with pytest.warns(DeprecationWarning, match="a_module.Old is called New now"):
            assert find("Old") is module.New
    finally:
        del sys.modules["a_module"]


def test_a_name_that_never_was_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'a_module' has no attribute 'other'"):
        renamed("a_module", {"Old": "New"})("other")


@pytest.mark.parametrize("old", ["Rate", "Phase", "Ttfs", "SpikeSelect"])
def test_codes_of_the_version_before_are_found(old: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"{old}Code"):
        assert getattr(snn, old) is getattr(snn, f"{old}Code")
    assert old not in snn.__all__ and f"{old}Code" in snn.__all__


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Dense", snn.dense),
        ("Sparse", snn.sparse),
        ("Codebook", snn.codebook),
        ("Storage", weights.Expression),
        ("effective_weights", weights.values),
        ("stored_values", weights.stored_values),
    ],
)
def test_storages_of_the_version_before_are_found(old: str, new: object) -> None:
    with pytest.warns(DeprecationWarning, match="now"):
        assert getattr(snn, old) is new
    assert old not in snn.__all__


def test_other_names_are_found_by_who_found_them_before() -> None:
    find = renamed("a_module", {"Old": "New"}, lambda name: f"lazy {name}")
    assert find("other") == "lazy other"
