"""A network that contradicts itself cannot be built, and the message names what is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput, InvalidNetwork, snn
from spikewright.snn import (
    IF,
    LIF,
    AvgPool2d,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    Source,
    TtfsCode,
    codebook,
    dense,
    sparse,
)
from spikewright.weights import stored_values

EYE = np.eye(3, dtype=np.float32)


def network(**changes):
    """in (3) -> a (3) IF -> out (3), float32; `a` and `link` replace the hidden population and its projection."""
    hidden = changes.pop("a", Population("a", (3,), IF(1.0)))
    link = changes.pop("link", Projection("in", "a", Linear(dense(EYE))))
    parts = (Population("in", (3,), Source()), hidden, Population("out", (3,), Integrator()))
    links = (link, Projection("a", "out", Linear(dense(EYE))))
    fields = {"populations": parts, "projections": links, "input": "in", "output": "out", "code": RateCode(4)} | changes
    return Network(**fields)


def fixed(hidden=None, link=None, **changes):
    """The same in fixed point."""
    whole = dense(np.eye(3, dtype=np.int64))
    first = hidden or Population("a", (3,), IF(5), potential_bits=8)
    parts = (Population("in", (3,), Source()), first, Population("out", (3,), Integrator(), potential_bits=8))
    links = (link or Projection("in", "a", Linear(whole)), Projection("a", "out", Linear(whole)))
    return network(populations=parts, projections=links, numbers="fixed", **changes)


def image_network(synapse, target, **options):
    parts = (Population("in", (2, 6, 6), Source()), Population("out", target, Integrator()))
    return Network(parts, (Projection("in", "out", synapse, **options),), "in", "out", RateCode(1))


CONV = Conv2d(dense(np.ones((4, 2, 3, 3), np.float32)))
WRONG = {
    "two of one name": (lambda: network(a=Population("in", (3,), IF(1.0))), "'?in"),
    "unknown source": (lambda: network(link=Projection("ghost", "a", Identity())), "ghost"),
    "into the input": (lambda: network(link=Projection("a", "in", Identity())), "input"),
    "unconnected": (lambda: network(link=Projection("in", "out", Identity())), "'a' has no projection"),
    "cycle": (lambda: network(link=Projection("out", "a", Identity())), "cycle"),
    "self": (lambda: network(link=Projection("a", "a", Identity())), "cycle"),
    "flat shape": (lambda: network(a=Population("a", (3, 1, 1, 1), IF(1.0))), r"\(C, H, W\)"),
    "too many thresholds": (lambda: network(a=Population("a", (3,), IF(np.ones(4)))), "threshold"),
    "NaN bias": (lambda: network(a=Population("a", (3,), IF(1.0), bias=np.nan)), "bias"),
    "shape of initial": (lambda: network(a=Population("a", (3,), IF(1.0), initial=np.ones(2))), "initial"),
    "NaN weights": (lambda: network(link=Projection("in", "a", Linear(dense(EYE * np.nan)))), "finite weights"),
    "linear of another size": (lambda: network(link=Projection("in", "a", Linear(dense(np.ones((3, 4)))))), "4 inputs"),
    "linear of three dimensions": (
        lambda: network(link=Projection("in", "a", Linear(dense(np.ones((3, 1, 3)))))),
        "dim",
    ),
    "shift in float": (lambda: network(link=Projection("in", "a", Identity(), shift=1)), "shift"),
    "gain for other channels": (lambda: network(link=Projection("in", "a", Identity(np.ones(2)))), "gain"),
    "infinite gain": (lambda: network(link=Projection("in", "a", Identity(np.inf))), "gain"),
    "two sources": (lambda: network(a=Population("a", (3,), Source())), "Source"),
    "ramps without a window": (lambda: network(a=Population("a", (3,), Ramp(1.0))), "Ttfs"),
    "windows without ramps": (lambda: network(code=TtfsCode()), "Ramp"),
    "quantised over steps": (lambda: network(a=Population("a", (3,), QuantReLU(1.0, 0, 7))), "one step"),
    "counts of an integrator": (lambda: network(readout="count"), "readout"),
    "unknown readout": (lambda: network(readout="loudest"), "readout"),
    "scale of zero": (lambda: network(logit_scale=0.0), "logit scale"),
    "conv on a vector": (lambda: network(link=Projection("in", "a", CONV)), r"\(C, H, W\)"),
    "conv of other channels": (lambda: image_network(replace(CONV, groups=2), (4, 4, 4)), "channels"),
    "conv into another shape": (lambda: image_network(CONV, (4, 6, 6)), r"makes \(4, 4, 4\)"),
    "stride of zero": (lambda: image_network(replace(CONV, stride=(0, 1)), (4, 4, 4)), "stride"),
    "kernel beyond the image": (lambda: image_network(replace(CONV, dilation=(3, 3)), (4, 1, 1)), "fits"),
    "pool beyond the image": (lambda: image_network(Identity(), (2, 1, 1), pool=(7, 7)), "pool"),
    "slice beyond the target": (lambda: image_network(CONV, (4, 4, 4), channels=(2, 6)), "expected"),
    "pool gain": (lambda: image_network(AvgPool2d((2, 2), (2, 2), np.ones(3)), (2, 3, 3)), "gain"),
    "no width": (lambda: fixed(Population("a", (3,), IF(5))), "width"),
    "real threshold": (lambda: fixed(Population("a", (3,), IF(5.5), potential_bits=8)), "integers"),
    "threshold beyond the width": (
        lambda: fixed(Population("a", (3,), IF(128), potential_bits=8)),
        "within 8 bits, got 128, which needs 9",
    ),
    "bias beyond any width": (lambda: fixed(Population("a", (3,), IF(5), 1e300, potential_bits=8)), "integers"),
    "leak that is no shift": (lambda: fixed(Population("a", (3,), LIF(5, 0.3), potential_bits=8)), "leak"),
    "real weights": (lambda: fixed(link=Projection("in", "a", Linear(dense(EYE)))), "integer weights"),
    "real gain": (lambda: fixed(link=Projection("in", "a", Identity(0.5))), "integer gain"),
    "scale beside integers": (
        lambda: fixed(link=Projection("in", "a", Linear(dense(np.eye(3, dtype=int), np.ones(3))))),
        "scale",
    ),
    "direct input without levels": (lambda: fixed(code=Direct(4)), "levels"),
    "threshold of zero": (lambda: IF(0.0), "thresholds"),
    "a threshold of minus one": (lambda: IF(np.array([1.0, -1.0])), "thresholds"),
    "reset by hope": (lambda: IF(1.0, "hope"), "reset"),
    "leak of one": (lambda: LIF(1.0, 1.0), "leak"),
    "no levels": (lambda: QuantReLU(1.0, 0, 0), "level"),
    "multiplier of zero": (lambda: QuantReLU(0.0, 0, 3), "multiplier"),
    "window of zero": (lambda: Ramp(0.0), "window"),
    "descending indices": (lambda: sparse((2, 2), np.array([2, 1]), np.ones(2)), "ascending"),
    "index beyond the weights": (lambda: sparse((2, 2), np.array([4]), np.ones(1)), "below 4"),
    "real index": (lambda: sparse((2, 2), np.array([1.0]), np.ones(1)), "integers"),
    "index beyond the table": (lambda: codebook(np.array([[3]]), np.ones(3)), "below 3"),
    "table of two dimensions": (lambda: codebook(np.array([[0]]), np.ones((3, 1))), "codebook"),
    "complex weights": (lambda: dense(np.ones((2, 2), complex)), "real"),
    "scale for each input": (lambda: dense(np.ones((2, 3)), np.ones(3)), "scales"),
}


@pytest.mark.parametrize("name", WRONG)
def test_contradiction(name):
    build, part = WRONG[name]
    with pytest.raises(InvalidNetwork, match=part) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_the_sound_ones_are_sound():
    assert network().classes == fixed().classes == 3
    assert [p.name for p in network().order] == ["in", "a", "out"]


def test_storages_hold_the_same_weights():
    values = np.array([[0, 2], [-1, 0], [2, 2]], np.int8)
    few = ((3, 2), np.array([1, 2, 4, 5]), np.array([2, -1, 2, 2], np.int8))
    shared = (np.array([[1, 2], [0, 1], [2, 2]]), np.array([-1, 0, 2], np.int8))
    for store, parts in ((dense, (values,)), (sparse, few), (codebook, shared)):
        np.testing.assert_array_equal(stored_values(store(*parts)), values)
        scaled = store(*parts, np.array([1.0, 0.5, 0.25])).values()
        assert scaled.dtype == np.float32
        np.testing.assert_array_equal(scaled, [[0, 2], [-0.5, 0], [0.5, 0.5]])


@pytest.mark.parametrize(
    ("inputs", "options"),
    [
        (np.ones((2, 4)), {}),
        (np.ones(3), {}),
        (np.ones((0, 3)), {}),
        (np.full((1, 3), np.nan), {}),
        (np.full((1, 3), 1.5), {}),
        (np.ones((1, 3)), {"steps": 0}),
        (np.ones((1, 3)), {"steps": 2.5}),
        (np.ones((1, 3)), {"steps": 1_000_001}),
        (np.ones((1, 3)), {"engine": "magic"}),
        (np.ones((1, 3)), {"engine": "norse"}),
        (np.ones((1, 3)), {"engine": "temporal"}),
        (np.ones((1, 3)), {"record": ["everything"]}),
        (np.ones((1, 3)), {"noise": 0.5}),
        (np.ones((1, 3)), {"noise": (snn.SpikeDeletion(0.5), "jitter")}),
        (np.ones((1, 3)), {"noise": snn.SpikeJitter(0.5)}),
    ],
)
@pytest.mark.parametrize("engine", ["event", "reference"])
def test_wrong_requests(inputs, options, engine):
    with pytest.raises(InvalidInput, match="expected"):
        snn.simulate(network(), inputs, **({"engine": engine} | options))


@pytest.mark.parametrize(
    "build",
    [
        lambda: snn.SpikeDeletion(1.5),
        lambda: snn.SpikeDeletion(float("nan")),
        lambda: snn.SpikeDeletion(0.5, seed=-1),
        lambda: snn.SpikeJitter(-1),
        lambda: snn.SpikeJitter(float("inf")),
        lambda: RateCode(0),
        lambda: RateCode(True),
        lambda: Direct(1, 0),
        lambda: TtfsCode(65536),
    ],
)
def test_wrong_codes_and_noises(build):
    with pytest.raises(InvalidInput, match="expected"):
        build()


def test_other_steps_keep_the_units_of_the_logits():
    few, many = (snn.simulate(network(logit_scale=0.25), np.ones((1, 3)), steps=steps) for steps in (4, 8))
    assert (few.steps, many.steps) == (4, 8)
    from spikewright.snn.simulation import with_steps

    assert with_steps(network(logit_scale=0.25), 8).logit_scale == 0.125


def test_activity_answers():
    activity = snn.simulate(network(), np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 1.0]]))
    assert activity.predictions.tolist() == [0, 2]
    assert activity.accuracy([0, 1]) == 0.5
    # in the first step 0.5 and 1 both fire, and the lower number wins the tie
    assert activity.accuracy_over_time(np.array([0, 2])).tolist() == [0.5, 1, 1, 1]
    assert activity.density["a"] == activity.spikes_per_neuron["a"] / 4
    for labels in ([0], [0, 3], [0.0, 1.0], [0, -1]):
        with pytest.raises(InvalidInput, match="labels"):
            activity.accuracy(labels)


def test_it_is_shown_in_a_line_and_as_a_table():
    shown = repr(network())
    assert shown == "Network(3 populations, 9 neurons, 2 projections; RateCode, 4 steps, synchronous, float32)"
    page = network(a=Population("<a>", (3,), IF(1.0)), link=Projection("in", "<a>", Linear(dense(EYE))), projections=(
        Projection("in", "<a>", Linear(dense(EYE))), Projection("<a>", "out", Linear(dense(EYE)))))._repr_html_()  # fmt: skip
    assert "&lt;a&gt; (Linear)" in page and "<a>" not in page
