"""The report of a study: one HTML file that needs no network, with every number's origin at its end."""

from spikewright.experiments.report.page import (
    Headline,
    Sheet,
    cards,
    corners,
    heading,
    rerun,
    sheet,
    show,
    write_page,
    write_report,
)

__all__ = ["Headline", "Sheet", "cards", "corners", "heading", "rerun", "sheet", "show", "write_page", "write_report"]
