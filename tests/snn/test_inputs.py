"""The door: what people give as inputs runs as what it means, or is refused with a way out."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.snn import IF, AddressEvents, Direct, Identity, Integrator, Population, RateCode, simulate
from spikewright.snn.running import Run
from tests.snn.small import chain, events, single

SHAPE = (2, 3, 4)


def network(code):
    return single((SHAPE, SHAPE), Integrator(), Identity(), code)


IMAGES = np.random.default_rng(0).random((5, *SHAPE)).astype(np.float32)
KINDS = {
    "tensor": torch.tensor,
    "with a gradient": lambda x: torch.tensor(x, requires_grad=True),
    "double tensor": lambda x: torch.tensor(x).double(),
    "strided tensor": lambda x: torch.tensor(x).mT.contiguous().mT,
    "sparse tensor": lambda x: torch.tensor(x).to_sparse(),
    "list of tensors": lambda x: list(torch.tensor(x)),
    "nested list": lambda x: x.tolist(),
    "column-major": np.asfortranarray,
    "double": lambda x: x.astype(np.float64),
    "big-endian": lambda x: x.astype(">f4"),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("code", [Direct(3), RateCode(4)], ids=["direct", "rate"])
def test_every_kind_of_array_gives_the_same_logits(name, code):
    wanted = simulate(network(code), IMAGES, engine="reference").logits
    np.testing.assert_array_equal(simulate(network(code), KINDS[name](IMAGES), engine="reference").logits, wanted)


def test_half_precision_is_taken_as_the_values_that_it_holds():
    for kind in (torch.bfloat16, torch.float16):
        half = torch.tensor(IMAGES).to(kind)
        wanted = simulate(network(Direct(3)), half.float().numpy(), engine="reference").logits
        np.testing.assert_array_equal(simulate(network(Direct(3)), half, engine="reference").logits, wanted)


def test_read_only_images_stay_as_they_are():
    given = IMAGES.copy()
    given.flags.writeable = False
    simulate(network(Direct(3)), given)
    np.testing.assert_array_equal(given, IMAGES)


@pytest.mark.parametrize("code", [Direct(3), RateCode(4)], ids=["direct", "rate"])
def test_pixels_up_to_255_are_refused_and_the_way_out_works(code):
    pixels = np.round(IMAGES * 255).astype(np.uint8)
    for given in (pixels, pixels.astype(np.int64), torch.tensor(pixels), pixels.tolist()):
        with pytest.raises(InvalidInput, match="inputs / 255"):
            simulate(network(code), given)
    simulate(network(code), pixels / 255)
    black_and_white = (IMAGES > 0.5).astype(np.uint8)
    np.testing.assert_array_equal(
        simulate(network(code), black_and_white).logits, simulate(network(code), black_and_white.astype(float)).logits
    )


def test_a_network_knows_how_large_its_samples_were():
    knows = replace(network(Direct(3)), run=Run(largest=1.0))
    simulate(knows, 3.9 * IMAGES / IMAGES.max())
    for factor in (4.1, 255.0, -16.0):
        with pytest.raises(InvalidInput, match="samples that the network was made from, up to 1, got"):
            simulate(knows, factor * IMAGES / IMAGES.max())
    simulate(network(Direct(3)), 255 * IMAGES)  # nobody knows


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (IMAGES.astype(complex), "real numbers"),
        (IMAGES.astype(str), "real numbers"),
        (torch.empty(5, *SHAPE, device="meta"), "array or a tensor"),
        ([[0.5], [0.5, 0.5]], "array or a tensor"),
        (None, "array or a tensor"),
        (IMAGES.astype(np.float64) * 1e39, "finite inputs"),
    ],
)
def test_what_holds_no_images(given, words):
    with pytest.raises(InvalidInput, match=words):
        simulate(network(Direct(3)), given)


@pytest.mark.parametrize("start", [30, 31, 1_700_000_000_000_000])
def test_a_clock_that_begins_late_is_refused_and_the_way_out_works(start):
    camera = network(AddressEvents(3, 10))
    sample = events((1, 2, start, 0), (3, 0, start + 12, 1)).astype(
        [("x", "i8"), ("y", "i8"), ("t", "i8"), ("p", "i8")]
    )
    with pytest.raises(InvalidInput, match=r"in sample 1; try a clock that begins at 0: events\['t'\] -= events"):
        simulate(camera, [events((0, 0, 29, 0)), sample])
    sample["t"] -= sample["t"][0]
    assert simulate(camera, [sample]).spikes["in"].tolist() == [2]


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (torch.zeros(5), r"labels.long\(\)"),
        (np.zeros((5, 24), int), r"argmax\(1\)"),
        (np.zeros((5, 1), int), r"reshape\(-1\)"),
        (np.full(5, 24), "labels from 0 to 23"),
    ],
)
def test_labels_of_an_accuracy(labels, words):
    activity = simulate(network(Direct(3)), IMAGES)
    with pytest.raises(InvalidInput, match=words):
        activity.accuracy(labels)
    assert 0 <= activity.accuracy(torch.zeros(5, dtype=torch.int32)) <= 1


def test_inputs_to_one_for_a_network_made_from_pixels_are_refused_with_their_factor():
    made = replace(network(Direct(3)), run=Run(largest=255.0))
    with pytest.raises(InvalidInput, match=r"up to 255, got at most .*; try inputs \* 255"):
        simulate(made, IMAGES)
    simulate(made, IMAGES * 255)
    simulate(made, IMAGES * 0)


def test_one_image_is_told_how_to_be_a_batch():
    with pytest.raises(InvalidInput, match=r"try inputs\[None\] for a single one"):
        simulate(network(Direct(3)), IMAGES[0])


@pytest.mark.parametrize("given", [None, "network", IMAGES], ids=["none", "text", "array"])
def test_what_is_no_network_is_refused(given):
    with pytest.raises(InvalidInput, match=r"expected a Network, got .*; try convert"):
        simulate(given, IMAGES)


def test_events_out_of_range_say_why():
    recorded = network(AddressEvents(5, 1000))
    signed = np.zeros(2, [("x", "i4"), ("y", "i4"), ("t", "u8"), ("p", "i1")])
    signed["p"] = [-1, 1]
    with pytest.raises(InvalidInput, match=r"try polarities of 0 and 1: events\['p'\] = events\['p'\] > 0"):
        simulate(recorded, [signed])
    signed["p"] = signed["p"] > 0
    simulate(recorded, [signed])
    simulate(recorded, np.array([signed, None], dtype=object)[:1])
    signed["t"][1] = 2**63 + 5
    with pytest.raises(InvalidInput, match="expected t below 2\\*\\*62"):
        simulate(recorded, [signed])
    with pytest.raises(InvalidInput, match=r"one a sample, got none; try \[events\]"):
        simulate(recorded, [])


def test_samples_of_fixed_point_go_through_the_door():
    made = chain(Population("a", (1,), IF(0.5)), Direct(5), size=24)
    flat = IMAGES.reshape(5, -1)
    with pytest.raises(InvalidInput, match="at least one of inputs"):
        made.to_fixed(potential_bits=4, samples=flat[:0])
    assert "saturat" in str(made.to_fixed(potential_bits=4, samples=flat.tolist()).report)


def test_values_under_a_mask_are_not_taken_for_pixels():
    """A masked array whose mask hides nothing is plain; one that hides something is refused, and the way out works."""
    hidden = np.ma.masked_greater(IMAGES, 0.5)
    with pytest.raises(InvalidInput, match=r"without masked values.*try \.filled\(0\)"):
        simulate(network(RateCode(4)), hidden)
    simulate(network(RateCode(4)), hidden.filled(0))
    open_mask = simulate(network(RateCode(4)), np.ma.masked_greater(IMAGES, 2)).logits
    np.testing.assert_array_equal(open_mask, simulate(network(RateCode(4)), IMAGES).logits)
