"""Errors of conversion: a refusal says why and what instead, and the report comes along."""

import pickle

import pytest

from spikewright.conversion import Obstacle, Unconvertible
from spikewright.conversion.errors import Refusal
from spikewright.snn import ReportRow


def test_a_refusal_is_a_reason_and_a_substitute() -> None:
    refusal = Refusal("a gate", "a ReLU")
    assert str(refusal) == "a gate; try a ReLU" and (refusal.reason, refusal.substitute) == ("a gate", "a ReLU")


GELU = Obstacle("a", "GELU", "it is smooth", "ReLU", nodes=("a",))
SIGNED = Obstacle("c", "max pooling", "values below zero", "a ReLU", "Phase", ("b", "c"))
POOL = Obstacle("d", "max pooling", "no core compares", "average pooling", "hardware", ("d",))


def test_every_obstacle_is_named_once_and_the_report_survives_pickling() -> None:
    rows = (ReportRow("b", "relu", "rewritten", ""), GELU.row())
    error = pickle.loads(pickle.dumps(Unconvertible.of(rows, (GELU, SIGNED, GELU, POOL))))
    wanted = (
        "expected layers with a spiking form, got 2 without: a (GELU): it is smooth; try ReLU | "
        "c (max pooling): Phase refuses it: values below zero; try a ReLU; "
        "what would be left converts, but hardware refuses d (max pooling): no core compares; try average pooling"
    )
    assert str(error) == wanted and error.obstacles == (GELU, SIGNED, POOL)
    assert [row.action for row in error.report] == ["rewritten", "refused", "refused", "warning"]


def test_only_hardware_does_not_hinder_a_conversion() -> None:
    assert GELU.hinders and SIGNED.hinders and not POOL.hinders
    assert POOL.row().detail == "converts, but hardware refuses: no core compares; try average pooling"


def test_an_obstacle_of_a_sentence() -> None:
    found = Obstacle.of("a", "graph", "no graph; whatever; try another")
    assert (found.reason, found.substitute, found.nodes) == ("no graph; whatever", "another", ("a",))
    assert Obstacle.of("a", "graph", "no graph").told == "no graph"


@pytest.mark.parametrize(
    ("adaptable", "told"), [((), None), (["a"], "replaces 1 of them"), (["a", "b"], "replaces them")]
)
def test_what_adapt_replaces_is_told(adaptable: list[str], told: str | None) -> None:
    text = str(Unconvertible.of((), (GELU, SIGNED, POOL), adaptable))
    assert ("or adapt(model, data)" in text) == (told is not None)
    assert told is None or told in text
