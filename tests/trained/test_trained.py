"""The inputs and the page of `make trained`; the networks themselves are taken from the package index by that command only."""

import numpy as np

from tests.trained.inputs import crops, sound, tones
from tests.trained.page import page


def test_inputs_are_of_the_kind_that_the_networks_take() -> None:
    heard = tones(3, 1)
    assert heard.shape == (3, 1024) and np.allclose(heard.std(1), 1, atol=1e-3)
    assert np.array_equal(heard, tones(3, 1)) and not np.array_equal(heard, tones(3, 2))
    seen = crops(4, 1, 12)
    assert seen.shape == (4, 3, 12, 12) and -1 <= seen.min() < seen.max() < 1
    assert sound(0.5, 1).shape == (8000,) and abs(sound(0.5, 1)).max() > 200


def test_the_page_has_a_line_for_each_way_and_each_refusal() -> None:
    done = {"network": "a", "way": "rate", "steps": 32, "agreement": 1.0, "largest_error": 0.1, "mean_error": 0.01}
    told = page([done, {"network": "b", "way": "spike times", "refused": "expected this, got that"}])
    assert "| a | rate | 32 | 1.000 | 1.0e-01 | 1.0e-02 |" in told and "- b, spike times: expected this" in told
