"""How long Chromium takes to open a page: from the address to all of it loaded, as the browser's own clock says."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
TIMES = """JSON.stringify({
    interactive_s: performance.timing.domInteractive - performance.timing.navigationStart,
    opened_s: performance.timing.loadEventEnd - performance.timing.navigationStart})"""
REPEATS = 3


def opened_s(page: Path) -> dict[str, float]:
    """Seconds until the page can be used, and until all of it is loaded; empty without Chromium."""
    if CHROMIUM is None:
        return {}
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        told = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
        ]
        with subprocess.Popen([CHROMIUM, *told, "about:blank"], stderr=subprocess.PIPE, text=True) as browser:
            try:
                assert browser.stderr is not None
                port = next(found[1] for line in browser.stderr if (found := re.search(r"ws://[^:]+:(\d+)/", line)))
                times = [asyncio.run(_times(port, page)) for _ in range(REPEATS)]
            finally:
                browser.kill()
    return {name: min(one[name] for one in times) / 1000 for name in times[0]}


async def _times(port: str, page: Path) -> dict[str, float]:
    """What the browser says of a page in a tab of its own, when it is loaded."""
    from tornado.websocket import websocket_connect

    request = Request(f"http://127.0.0.1:{port}/json/new?{page.as_uri()}", method="PUT")
    with urlopen(request) as answer:
        address = json.load(answer)["webSocketDebuggerUrl"]
    connection = await websocket_connect(address)
    while True:
        await connection.write_message(
            json.dumps({"id": 1, "method": "Runtime.evaluate", "params": {"expression": TIMES}})
        )
        told: Any = json.loads(await connection.read_message() or "{}")
        value = json.loads(told.get("result", {}).get("result", {}).get("value") or "{}")
        if value.get("opened_s", 0) > 0:
            connection.close()
            while await connection.read_message() is not None:  # until it is closed
                pass
            return dict(value)
        await asyncio.sleep(0.05)


def version_of_chromium() -> str:
    """Its name and version; "no Chromium" without one."""
    if CHROMIUM is None:
        return "no Chromium"
    return " ".join(subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True).stdout.split()[:2])
