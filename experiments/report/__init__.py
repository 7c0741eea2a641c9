"""The report of a study: one HTML file that needs no network, with every number"s origin at its end."""

from spikewright.experiments.report.page import (
    Card,
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

__all__ = ["Card", "Sheet", "cards", "corners", "heading", "rerun", "sheet", "show", "write_page", "write_report"]
