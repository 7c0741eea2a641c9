"""Node cases that the onnx package generates, weights as constants: what is imported equals the answer that comes with it."""

from pathlib import Path

import pytest

from tests.onnx_check.node_cases import rows


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_case_is_wrong(tmp_path: Path) -> None:
    found = rows(tmp_path)
    assert [line for row in found.values() for line in row.wrong] == []
    assert sum(row.equal for row in found.values()) > 430
    assert not any(not reason for row in found.values() for reason in row.refused)
