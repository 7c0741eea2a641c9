"""The report of a study: one HTML file that needs no network, with every number's origin at its end."""

from spikewright.experiments.report.headlines import Headline, cards, corners
from spikewright.experiments.report.page import rerun, write_page, write_report
from spikewright.experiments.report.sheets import Sheet, heading, sheet, show, shown_sheets

__all__ = [
    "Headline",
    "Sheet",
    "cards",
    "corners",
    "heading",
    "rerun",
    "sheet",
    "show",
    "shown_sheets",
    "write_page",
    "write_report",
]
