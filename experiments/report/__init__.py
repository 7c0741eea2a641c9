"""The report of a study: one HTML file that needs no network, with every number's origin at its end."""

from spikewright.experiments.report.findings import Finding, verdict
from spikewright.experiments.report.headlines import Headline, choice, corners, costs
from spikewright.experiments.report.page import write_page, write_report
from spikewright.experiments.report.sections import rerun
from spikewright.experiments.report.sheets import Sheet, heading, sheet, show, shown_sheets

__all__ = [
    "Finding",
    "Headline",
    "Sheet",
    "choice",
    "corners",
    "costs",
    "heading",
    "rerun",
    "sheet",
    "show",
    "shown_sheets",
    "verdict",
    "write_page",
    "write_report",
]
