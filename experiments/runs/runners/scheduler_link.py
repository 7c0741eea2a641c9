"""The way to a Dask scheduler: whether it answers, whether it is still the same one, and what workers it has."""

import asyncio
import logging
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from spikewright import InvalidInput
from spikewright.experiments.records.provenance import UNKNOWN, current_commit, versions
from spikewright.optional import require

WAIT_S = 10
"""How long a scheduler may take to answer."""
AGAIN_S = 2
"""How long one look for a scheduler may take that has gone."""
GONE_S = 60
"""How long a scheduler that was killed may take to be there again."""
ALONE_S = 2
"""How long a scheduler may be without workers before that is told."""
LOOKED_EVERY_S = 1.0
SAME = ("spikewright", "python", "numpy", "torch", "numba")
"""What must be of one version wherever cells are made: numbers depend on it."""
Facts = Mapping[str, str]


class SchedulerLink:
    """The way to the scheduler at `place`, an address or a cluster of this process.

    workers: how many there were at the last look. trouble: what a run waits for, in words; "" where it waits for nothing.
    Raises InvalidInput where no scheduler answers, and where a worker has other versions than this process.
    """

    def __init__(self, place: Any, address: str) -> None:
        self.place, self.address = place, address
        self.client = client_of(place, WAIT_S)
        self.workers, self.trouble = 0, ""
        self._scheduler, self._checked = "", frozenset[str]()
        self._looked, self._gone, self._alone = float("-inf"), float("inf"), float("inf")
        self.look()

    @property
    def open(self) -> bool:
        """Whether orders can be sent."""
        return self.client.status == "running" and self._gone == float("inf")

    def look(self) -> bool:
        """Look at the scheduler, once a second; whether all orders that were sent are lost, since it is not the same any more.

        Raises InvalidInput when it has gone for good, or a new worker has other versions.
        """
        now = time.monotonic()
        if now - self._looked < LOOKED_EVERY_S:
            return False
        self._looked = now
        before = self.client
        found = self._answer()
        if found is None:
            self._wait_for_scheduler(now)
            return False
        self._gone = float("inf")
        self._wait_for_workers(found["workers"], now)
        self._check(found["workers"])
        another = self._scheduler not in ("", found["id"]) or before is not self.client
        self._scheduler = found["id"]
        return another

    def close(self) -> None:
        """Leave the scheduler."""
        self.client.close(timeout=WAIT_S)

    def _answer(self) -> Mapping[str, Any] | None:
        """What the scheduler says of itself and its workers; None where it does not answer."""
        if self.client.status == "closed":
            with suppress(InvalidInput):
                self.client = client_of(self.place, AGAIN_S)
        if self.client.status != "running":
            return None
        with suppress(OSError, asyncio.CancelledError):
            found: Mapping[str, Any] = self.client.sync(
                self.client.scheduler.identity, n_workers=-1, callback_timeout=WAIT_S
            )
            return found
        return None

    def _wait_for_scheduler(self, now: float) -> None:
        self._gone = min(self._gone, now)
        self.trouble = f"no answer from the scheduler at {self.address}"
        if now - self._gone > GONE_S:
            raise InvalidInput(
                f"expected the scheduler at {self.address} to answer, got its end {now - self._gone:.0f} s ago; "
                "start it again, and run the same command: what is finished is stored"
            )

    def _wait_for_workers(self, found: Collection[str], now: float) -> None:
        self.workers = len(found)
        self._alone = float("inf") if found else min(self._alone, now)
        alone = now - self._alone >= ALONE_S
        self.trouble = f"no workers at {self.address}; try `dask worker {self.address}`" if alone else ""

    def _check(self, found: Collection[str]) -> None:
        """Compare the versions of new workers with those here. Raises InvalidInput."""
        new = sorted(set(found) - self._checked)
        for worker, told in (self.client.run(facts, workers=new, on_error="return") if new else {}).items():
            other = difference(facts(), told)
            if other and not isinstance(told, OSError):  # one that has ended meanwhile is no fault
                raise InvalidInput(
                    f"expected workers with the versions of this process, got {other} at {worker}; "
                    "try the same environment and checkout there"
                )
        self._checked = frozenset(found)


def facts() -> dict[str, str]:
    """The versions of this process that numbers depend on, and its commit."""
    found = versions()
    python = ".".join(found["python"].split(".")[:2])
    commit = current_commit().partition(",")[0]
    return {**{name: found.get(name, UNKNOWN) for name in SAME}, "python": python, "commit": commit}


def difference(here: Facts, there: object) -> str:
    """The first thing that two processes do not share, in words; "" where there is none. `there`: facts, or what was raised."""
    if not isinstance(there, Mapping):
        return " ".join(f"{type(there).__name__}: {there}".split())[:120]
    for name, value in here.items():
        other = there.get(name, UNKNOWN)
        if other != value and not (name == "commit" and UNKNOWN in (other, value)):
            return f"{name} {other} instead of {value}"
    return ""


def client_of(place: Any, seconds: float) -> Any:
    """A client of the scheduler at `place`. Raises InvalidInput where none answers in time."""
    distributed = require("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        try:
            return distributed.Client(place, timeout=seconds, set_as_default=False)
        except AssertionError:  # its own thread had not begun after ten seconds, on a machine with much else to do
            return distributed.Client(place, timeout=seconds, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # TypeError: tls without its certificates
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InvalidInput(
            f"expected a Dask scheduler at {place}, got: {reason}; try `dask scheduler` there first"
        ) from error
