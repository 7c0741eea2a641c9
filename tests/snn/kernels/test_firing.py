"""What a firing kernel wrote becomes events: with values where the answer has columns for them."""

import numpy as np
import pytest

from spikewright.snn.kernels.firing import collect
from tests.snn.kernels.making import answer_for, sent_in


@pytest.mark.parametrize("kind", [None, np.int8])
def test_flags_of_one_sample(kind):
    sent = np.random.default_rng(0).integers(-1 if kind else 0, 2, (2, 3, 11))
    answer = answer_for(2, 3, 11, np.float32, kind)
    answer.flags[:, :, :11] = sent
    collect(answer, 11, 1)
    np.testing.assert_array_equal(sent_in(answer, 11), sent * np.array([0, 1])[:, None, None])
