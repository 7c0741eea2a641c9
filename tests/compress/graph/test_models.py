"""What is taken for a model, and the checks of its numbers."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import trace
from spikewright.conversion import Ttfs, convert
from tests.compress.graph.test_view import SAMPLE, Functional


def test_nan_names_the_parameter() -> None:
    model = Functional()
    with torch.no_grad():
        model.again.weight[0, 0, 0, 0] = float("nan")
    with pytest.raises(InvalidInput, match=r"again\.weight"):
        trace(model, SAMPLE)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_a_program_gives_as_a_module_is_told_to_be_given_as_the_program() -> None:
    """Its own checks fail for one image, and its operations are known to torch.export alone; the program converts."""
    model, x = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)).eval(), torch.rand(2, 4)
    program = torch.export.export(model, (x,))
    for use in (lambda given: trace(given, x), lambda given: convert(given, x, Ttfs(ranges="interval"), judge=False)):
        with pytest.raises(InvalidInput, match="try the program itself"):
            use(program.module())
        use(program)
