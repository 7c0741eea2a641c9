"""A projection in the making."""

import numpy as np

from spikewright.conversion.reading.geometry import DENSE, IDENTITY, Kernel
from spikewright.conversion.reading.source_term import SourceTerm


def test_a_term_is_an_identity_until_said_otherwise() -> None:
    term = SourceTerm("a")
    assert term.geometry == IDENTITY and term.kernel is None and not term.integer
    assert term.gain_in == term.gain_out == 1


def test_integers_are_those_with_a_scale() -> None:
    whole = Kernel(np.ones((2, 2), np.int8), np.ones(2))
    assert SourceTerm("a", DENSE, kernel=whole).integer
    assert not SourceTerm("a", DENSE, kernel=Kernel(np.ones((2, 2)))).integer
