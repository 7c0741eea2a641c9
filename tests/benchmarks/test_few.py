"""Few steps and integers beside the CNN: rows of a small network, and what counts as reached."""

from benchmarks.few import BATCHES, Few, reaches_cnn
from spikewright import Table


def test_each_has_its_least_share() -> None:
    rows = [{"runner": "event fixed, 8 steps", "times_cnn": 0.7}, {"runner": "event fixed, 4 steps", "times_cnn": 0.1}]
    assert reaches_cnn(Table.of(rows))
    assert not reaches_cnn(Table.of([*rows, {"runner": "integers, 4-bit activations", "times_cnn": 0.9}]))


def test_rows_of_a_small_network() -> None:
    rows = {row["runner"]: row for row in Few(steps=(2,), activation_bits=(3,), images=32, repeats=1).rows(None)}
    networks = {"event fixed, 2 steps", "integers, 3-bit activations"}
    assert networks < set(rows) and len(rows) == 2 + 2 * len(BATCHES)
    assert all(rows[name]["equal"] and rows[name]["accuracy"] > 0.5 for name in networks)
    assert max(row["times_cnn"] for name, row in rows.items() if name not in networks) == 1.0
