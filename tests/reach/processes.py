"""Each architecture in a process of its own, that starts from one which has loaded the libraries and nothing else."""

import multiprocessing as mp
import os
from multiprocessing.connection import Connection
from typing import Any

WALL_SECONDS = 3600.0
"""Against hanging only; the processes bound their own processor time."""
THREADS = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def in_own_process(wanted: str) -> dict[str, Any]:
    """What `judging.judge` finds about the architecture of that key; where the process ended without an answer, how it ended."""
    os.environ |= THREADS
    server = mp.get_context("forkserver")
    server.set_forkserver_preload(["tests.reach.judging"])
    receiver, sender = server.Pipe(duplex=False)
    process = server.Process(target=_judge, args=(wanted, sender))
    process.start()
    sender.close()
    try:
        found: dict[str, Any] = receiver.recv() if receiver.poll(WALL_SECONDS) else _broken("hung")
    except EOFError:
        process.join(10)
        found = _broken(f"the process ended with {process.exitcode}")
    process.join(10)
    process.kill()
    return found


def _judge(wanted: str, sender: Connection) -> None:
    from tests.reach.judging import judge

    try:
        sender.send(judge(wanted))
    except Exception as error:  # before anything was converted: the harness or the library
        sender.send(_broken(f"{type(error).__name__}: {str(error).strip()[:200]}"))


def _broken(detail: str) -> dict[str, Any]:
    return {"result": "broken", "detail": detail}
