"""The figure shows the limits of the curve and the network itself."""

from spikewright.experiments.plots.break_even import draw_limit, limit_line
from spikewright.experiments.plots.style import styled
from spikewright.hardware.break_even_curves import BreakEvenCurve, BreakEvenPoint

CURVE = BreakEvenCurve((BreakEvenPoint(1, 1, 0.5, 1.0, 9.0), BreakEvenPoint(4, 3, 0.4, 2.0, 9.0)), 4, 0.25)


def test_the_line_is_that_of_the_curve() -> None:
    line = limit_line(CURVE)
    assert (line.steps, line.limits, line.bits, line.measured) == ((1, 4), (0.5, 0.4), (1, 3), (4, 0.25))


def test_bits_stand_at_the_points_and_the_axes_have_units() -> None:
    import matplotlib.pyplot as plt

    with styled():
        figure, ax = plt.subplots()
        draw_limit(ax, limit_line(CURVE))
        plt.close(figure)
    assert [text.get_text() for text in ax.texts] == ["1", "3"]
    assert ax.get_xlabel().startswith("steps") and "spikes" in ax.get_ylabel()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "4"]
