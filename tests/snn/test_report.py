"""The report: rows in the order of the steps, and a table to print."""

from spikewright.snn import Report, ReportRow


def test_rows_are_added_at_the_end_and_nothing_is_lost() -> None:
    first, second = (
        ReportRow("conv", "Conv2d", "kept", parameters=1234),
        ReportRow("pool", "AvgPool2d", "folded", "into conv"),
    )
    report = Report((first,))
    assert tuple(report.plus(second)) == (first, second) and len(report) == 1


def test_columns_stand_below_each_other() -> None:
    told = str(Report().plus(ReportRow("conv", "Conv2d", "kept", "as it is", 1234, 5)))
    head, line = told.splitlines()
    assert head.split() == ["layer", "kind", "action", "parameters", "neurons", "detail"]
    assert line.split()[:5] == ["conv", "Conv2d", "kept", "1,234", "5"] and line.endswith("as it is")
    assert head.index("action") == line.index("kept")
