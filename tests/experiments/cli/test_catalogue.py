"""The catalogue and the page of tables say what the tables say."""

import docs.tables as page
from spikewright.experiments.cli.catalogue import PATH, entries_by_table
from spikewright.experiments.tables_in_short import described

ADVICE = "run python -m docs.tables"


def test_the_catalogue_is_up_to_date() -> None:
    assert entries_by_table() == described(), ADVICE
    assert PATH.read_text() == page.catalogue_text(described()), ADVICE


def test_the_page_of_tables_is_up_to_date() -> None:
    assert page.PAGE.read_text() == page.page(described()), ADVICE


def test_every_entry_says_what_it_is() -> None:
    for noun, entries in entries_by_table().items():
        assert entries and len({entry.name for entry in entries}) == len(entries)
        for entry in entries:
            assert entry.summary, f"{noun} {entry.name}"
