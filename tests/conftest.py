"""Settings of all tests: examples that do not change from run to run, and one torch thread per test process."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# Nothing that hypothesis times: the first example of a compiled engine pays for its compilation, and the machine may be busy.
UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("steady", derandomize=True, **UNTIMED)
settings.register_profile("explore", max_examples=1000, **UNTIMED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# A shell that runs the tests in its background switches Ctrl-C off for all that they start; tests of Ctrl-C need it on.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def one_torch_thread() -> None:
    """The tests already run in several processes; more threads in each only make them wait for one another."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def same_weights() -> None:
    """Models that a test builds have the same weights whatever ran before it in this process."""
    import torch

    torch.manual_seed(0)
