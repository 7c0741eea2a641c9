"""A real Dask scheduler and its workers as processes of this machine, which can be killed and are started again."""

import random
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from types import TracebackType

SCHEDULER, WORKER = "distributed.cli.dask_scheduler", "distributed.cli.dask_worker"


class Cluster:
    """A scheduler and `workers` processes on the loopback address, without nannies: this class is their keeper."""

    def __init__(self, workers: int = 3) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.scheduler = self._scheduler()
        self.workers = [self._worker() for _ in range(workers)]

    def _scheduler(self) -> "subprocess.Popen[bytes]":
        made = _started(SCHEDULER, "--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard")
        pause = threading.Event()
        while made.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                break
            pause.wait(0.1)
        return made

    def _worker(self) -> "subprocess.Popen[bytes]":
        return _started(
            WORKER, self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"
        )  # fmt: skip

    def grow(self, workers: int) -> None:
        """Start workers until there are so many."""
        self.workers += [self._worker() for _ in range(workers - len(self.workers))]

    def kill_worker(self, chance: random.Random) -> None:
        """Kill one worker and start another in its place."""
        place = chance.randrange(len(self.workers))
        self.workers[place].kill()
        self.workers[place].wait()
        self.workers[place] = self._worker()

    def kill_scheduler(self) -> None:
        """Kill the scheduler and start it again; workers whose scheduler has gone end, and are started again too."""
        self.scheduler.kill()
        self.scheduler.wait()
        self.scheduler = self._scheduler()
        for place, worker in enumerate(self.workers):
            worker.kill()
            worker.wait()
            self.workers[place] = self._worker()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.wait()


def _started(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
