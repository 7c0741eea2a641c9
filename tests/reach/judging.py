"""One architecture: it is built, converted, run, and its row is told.

The process bounds itself: so much memory of its own, so much processor time, whatever else runs on the machine.
"""

import resource
import signal
import traceback
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikewright import SpikewrightError
from spikewright.compress import choose
from spikewright.conversion import Ttfs, Unconvertible, convert
from spikewright.snn import Network, simulate
from tests.conversion.substituting import check_told_whole
from tests.reach.architectures import Architecture, architectures
from tests.reach.building import build, images
from tests.reach.functions import functions
from tests.reach.rows import LARGEST_ERROR, MOST_MORE_MB, MOST_SECONDS, MOST_TIMES_WEIGHTS, key

MEMORY_BYTES = 10 * 2**30
RECIPE = Ttfs(ranges="interval")
SECONDS_TO_CONVERT, SECONDS_TO_RUN = 180, 240


class OutOfTimeError(BaseException):
    """The processor time is used up. No Exception, so that nobody takes it for a reason to try another way."""


def judge(wanted: str) -> dict[str, Any]:
    """The fields of the row of the architecture of that key. It bounds the process that it runs in."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGXCPU, _out_of_time)
    return _judged(next(one for one in architectures() if key(one.library, one.name) == wanted))


def _judged(architecture: Architecture) -> dict[str, Any]:
    model, x = build(architecture), images(architecture, 4)
    found: dict[str, Any] = {
        "weights_mb": _weights_mb(model),
        "functions": dict(functions(model, x[:1])),
    }
    model = choose(model, output="out") if isinstance(model(x[:1]), dict) else model
    truth = _answer(model, x)
    started = _Use()
    _allow(SECONDS_TO_CONVERT)
    try:
        network = convert(model, x[:2], RECIPE, judge=False)
    except OutOfTimeError:
        return found | started.spent() | {"result": "too slow", "detail": "stopped while it was converted"}
    except Unconvertible as error:
        return found | started.spent() | _refused(model, x[:2], error)
    except SpikewrightError as error:
        return found | started.spent() | {"result": "refused", "obstacles": {str(error): 1}}
    except MemoryError as error:
        return found | started.spent() | {"result": "too large", "detail": str(error)}
    except Exception as error:  # anything else is a fault of ours, and a row says so
        return found | started.spent() | _broken(error)
    return found | _converted(network, x, truth, started.spent(), found["weights_mb"])


def _converted(
    network: Network, x: Tensor, truth: Tensor, spent: dict[str, float], weights_mb: float
) -> dict[str, Any]:
    _allow(SECONDS_TO_RUN)
    sizes = {"populations": len(network.populations), "neurons": sum(one.size for one in network.populations)}
    try:
        logits = torch.from_numpy(simulate(network, x[:1].numpy()).logits * network.logit_scale).double()
    except OutOfTimeError:
        return spent | sizes | {"result": "too slow", "detail": "stopped while it was run"}
    except Exception as error:  # as above
        return spent | sizes | _broken(error)
    error = float((logits.reshape(truth[:1].shape) - truth[:1]).abs().max() / (truth - truth.mean(0)).abs().max())
    return spent | sizes | {"error": error, "result": _result(error, spent, weights_mb)}


def _result(error: float, spent: dict[str, float], weights_mb: float) -> str:
    if not error <= LARGEST_ERROR:
        return "wrong"
    if spent["seconds"] > MOST_SECONDS:
        return "too slow"
    return "too large" if spent["memory_mb"] > MOST_TIMES_WEIGHTS * weights_mb + MOST_MORE_MB else "equal"


def _refused(model: nn.Module, x: Tensor, error: Unconvertible) -> dict[str, Any]:
    """What the refusal lists, and whether it is all: what is replaced by its substitute is read again."""
    hinder = [one for one in error.obstacles if one.hinders]
    found = {"result": "refused", "obstacles": dict(Counter(one.what for one in hinder)), "detail": str(hinder[0])}
    _allow(SECONDS_TO_CONVERT)
    try:
        check_told_whole(model, x, recipe=RECIPE)
    except OutOfTimeError:
        return found
    except AssertionError as more:
        return found | {"verified": False, "detail": str(more)[:400]}
    except Exception as more:  # as above
        return found | {"verified": False, "detail": _broken(more)["detail"]}
    return found | {"verified": True}


def _broken(error: Exception) -> dict[str, Any]:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return {"result": "broken", "detail": f"{type(error).__name__} at {where}: {str(error).strip()[:200]}"}


class _Use:
    """Processor time and memory from here on."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # the largest resident size is counted from now on
        self.seconds, self.memory = _used(), _status("VmRSS")

    def spent(self) -> dict[str, float]:
        """Seconds, and megabytes at the highest point."""
        return {"seconds": _used() - self.seconds, "memory_mb": (_status("VmHWM") - self.memory) / 1e3}


def _status(name: str) -> int:
    """A line of this process's status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def _used() -> float:
    """Processor time of this process so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _allow(seconds: int) -> None:
    """Raise OutOfTimeError after that much more processor time."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(_used()) + seconds, resource.RLIM_INFINITY))


def _out_of_time(number: int, frame: Any) -> None:
    raise OutOfTimeError


def _weights_mb(model: nn.Module) -> float:
    return sum(one.numel() * one.element_size() for one in (*model.parameters(), *model.buffers())) / 1e6


def _answer(model: nn.Module, x: Tensor) -> Tensor:
    with torch.no_grad():
        answer: Tensor = model.double()(x.double())
    model.float()
    return answer
