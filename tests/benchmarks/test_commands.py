"""Commands end with a status."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main


def test_bad_input_ends_with_status_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peers", "--network", "no-such-network", "--output", str(tmp_path)]) == 2
    assert "no-such-network" in capsys.readouterr().err
    assert main(["page", "--output", str(tmp_path / "none"), "--page", str(tmp_path / "page.md")]) == 2
    assert not np.any([path.suffix == ".csv" for path in tmp_path.rglob("*")])
