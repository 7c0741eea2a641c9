"""Integer layers behind averages."""

from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion import Exact, Unconvertible, exact, verify
from tests.conversion.architectures import Case, images
from tests.conversion.quantised import on_grid, small


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 1), st.integers(1, 2), st.booleans(), st.integers(0, 9))
def test_integers_behind_averages_of_sequences(
    window: int, kernel: int, padding: int, stride: int, linear: bool, seed: int
) -> None:
    """W avg(a) = (W repeated) a / window, whatever the sizes; where a rest and a padding meet, it is refused instead."""

    class Averaged(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.pool = nn.Conv1d(1, 3, 3), nn.AvgPool1d(window)
            size = 18 // window
            self.last = nn.Linear(3 * size, 2) if linear else nn.Conv1d(3, 2, min(kernel, size), stride, padding)

        def forward(self, x: Tensor) -> Tensor:
            x = self.pool(F.relu(self.conv(x)))
            return self.last(x.flatten(1) if isinstance(self.last, nn.Linear) else x)

    case = Case(Averaged, (1, 20))
    try:
        pair = exact(small(case), images(case, 8, seed), Exact())
    except Unconvertible as refusal:
        assert not linear and padding and 18 % window and "without a QuantReLU" in str(refusal)
        return
    assert verify(pair, on_grid(case, 4).numpy()).equal.all()
