"""A pool behind a convolution is a convolution: with windows of p at stride q, kernel k, stride s and dilation d,

    mean over i < p of conv[y q + i] = sum over m of K[m] x[y q s + m - padding],   K[m] = sum over i s + k d = m of W[k] / p

so a mean of 2 at stride 2 behind a kernel (a, b) at stride 1 is the kernel (a, a + b, b) / 2 at stride 2.
"""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.synapses import Conv2d


def composed(
    conv: Conv2d, weight: NDArray[np.float64], kernel: tuple[int, int], stride: tuple[int, int], share: float
) -> tuple[Conv2d, NDArray[np.float64]]:
    """The convolution and its weights, for `weight (out, in, rows, columns)` and windows whose values count `share` each.

    The record keeps the weights that it had: they are filled in at the end.
    """
    steps = (conv.stride[0] * stride[0], conv.stride[1] * stride[1])
    taps = [gap * np.arange(size) for gap, size in zip(conv.dilation, weight.shape[2:], strict=True)]
    reach = [(p - 1) * s + tap[-1] + 1 for p, s, tap in zip(kernel, conv.stride, taps, strict=True)]
    whole = np.zeros((*weight.shape[:2], *reach))
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            rows, columns = i * conv.stride[0] + taps[0], j * conv.stride[1] + taps[1]
            whole[:, :, rows[:, None], columns] += weight * share
    return Conv2d(conv.weights, steps, conv.padding, (1, 1), conv.groups), whole
