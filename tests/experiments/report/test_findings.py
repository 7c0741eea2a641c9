"""The verdict says what the intervals carry, and no more."""

from typing import Any

from spikewright import Table
from spikewright.experiments.report import verdict


def accuracy(**networks: tuple[float, float, float]) -> Table:
    rows = [
        {"network": name, "kind": "ANN", "accuracy": v, "low": low, "high": high, "samples": 450}
        for name, (v, low, high) in networks.items()
    ]
    return Table.of(rows)


def design(network: str, energy: float, **more: Any) -> dict[str, Any]:
    return {
        "network": network, "fits": True, "fpga_energy_uj": energy, "fpga_energy_uj_low": energy / 2,
        "fpga_energy_uj_high": energy * 2, "lut": 100.0, "latency_us": 1.0, "dsp": 1, "bram36": 0.0, "device": "chip",
        "chosen": False, **more,
    }  # fmt: skip


def told(tables: dict[str, Table]) -> dict[str, str]:
    return {each.topic: each.text.replace("\N{NO-BREAK SPACE}", " ") for each in verdict(tables)}


def test_a_study_without_results_has_a_verdict_that_says_so() -> None:
    assert told({}) == {"Most accurate": "No accuracy has been measured yet."}


def test_networks_within_the_interval_are_not_called_worse() -> None:
    found = told({"accuracy": accuracy(a=(0.9, 0.88, 0.92), b=(0.91, 0.89, 0.93), c=(0.5, 0.4, 0.6))})
    text = found["Most accurate: b"]
    assert "91.0 % (95 %: 89.0 to 93.0 %) of 450" in text
    assert "Within its interval: a (90.0 %)" in text and "Behind it, intervals apart: c (50.0 %)" in text


def test_one_network_alone_is_compared_with_none() -> None:
    assert "no other" in told({"accuracy": accuracy(a=(0.9, 0.8, 0.95))})["Most accurate: a"]


def test_what_to_build_is_the_cheapest_of_the_accurate() -> None:
    tables = {
        "accuracy": accuracy(good=(0.9, 0.85, 0.95), level=(0.89, 0.84, 0.94), bad=(0.2, 0.1, 0.3)),
        "hardware": Table.of([design("good", 9.0), design("level", 5.0), design("bad", 0.1)]),
    }
    found = told(tables)
    assert "5 µJ (2.5 to 10)" in found["Build level"] and "chip" in found["Build level"]
    assert "Dearer, bounds apart: level" in found["Cheapest: bad"]


def test_what_fits_no_device_is_not_recommended() -> None:
    tables = {"accuracy": accuracy(a=(0.9, 0.8, 1.0)), "hardware": Table.of([design("a", 1.0, fits=False)])}
    found = told(tables)
    assert "No network" in found["Build none yet"] and "No design point" in found["Cheapest"]


def test_overlapping_bounds_leave_the_order_open() -> None:
    found = told({"hardware": Table.of([design("a", 1.0), design("b", 1.5)])})
    assert "Bounds overlap with b (1.5 µJ)" in found["Cheapest: a"] and "not certain" in found["Cheapest: a"]


def test_the_smallest_is_counted_with_what_it_cost() -> None:
    rows = [
        {"network": n, "before_bits": 81920, "after_bits": after, "seed": 0} for n, after in (("p", 8192), ("q", 16384))
    ]
    found = told({"footprint": Table.of(rows), "accuracy": accuracy(ann=(0.9, 0.88, 0.92), p=(0.8, 0.78, 0.82))})
    text = found["Smallest: p"]
    assert (
        "1 KiB" in text and "10 times less" in text and "Larger: q (2 KiB)" in text and "intervals apart from" in text
    )


def test_what_is_close_to_the_cheapest_is_named() -> None:
    tables = {
        "accuracy": accuracy(a=(0.9, 0.85, 0.95), b=(0.89, 0.84, 0.94), c=(0.88, 0.83, 0.93)),
        "hardware": Table.of([design("a", 1.0), design("b", 1.5), design("c", 99.0)]),
    }
    assert "Close to it, bounds overlap: b (1.5 µJ)." in told(tables)["Build a"]
