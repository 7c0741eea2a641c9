"""The table of one layer's choices."""

from spikewright.hardware import DEVICES
from spikewright.hardware.exploring.layer_costs import LayerCosts, WholeCosts
from tests.hardware.exploring.spaces import small_space


def test_a_row_for_each_choice_and_their_sum() -> None:
    space = small_space()
    tables = [LayerCosts.of(space.estimator, name, lanes, DEVICES["xc7a35t"]) for name, lanes in space.choices.items()]
    assert [len(table.summed) for table in tables] == [5, 3]
    whole = WholeCosts.added(tables, [[0, 4], [2, 1]])
    assert whole.lut.value.tolist() == [tables[0].summed[k, 1] + tables[1].summed[n, 1] for k, n in ((0, 2), (4, 1))]
    assert whole.busiest[0] == max(tables[0].largest[0, 1], tables[1].largest[2, 1])
