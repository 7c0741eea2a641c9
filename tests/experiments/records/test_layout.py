"""Names of folders: for people first, the key at the end."""

from spikewright.experiments.records.layout import LONGEST_NAME, folder_name, is_of_a_cell, key_of


def test_a_key_comes_back_from_the_name() -> None:
    name = folder_name("mine.stages:Counted", "rate-7-steps", "0123456789abcdef")
    assert name == "Counted-rate-7-steps-0123456789abcdef" and key_of(f"/a/b/{name}") == "0123456789abcdef"


def test_other_folders_are_no_cells() -> None:
    assert is_of_a_cell(folder_name("train", "ann", "0123456789abcdef"))
    assert not any(map(is_of_a_cell, ("mine", ".hidden", "train-ann-0123", "-0123456789abcdef")))


def test_long_names_fit_a_file_system() -> None:
    assert len(folder_name("train", "n" * 1000, "0" * 16)) == LONGEST_NAME + 17
