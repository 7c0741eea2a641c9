"""One replacement after the other: those first that harm least, each with its own cost, and killed or not to one result."""

from pathlib import Path

import pytest
import torch

from spikewright.compress import Adapted, AdaptSettings, TrainSettings, adapt
from tests.compress.adapting.modern import images, labels, modern

SHORT = TrainSettings(epochs=2, lr=3e-3, batch_size=8)


class Killed(Exception):
    """Not one of this project's."""


def adapted(folder: Path | None = None, after: int = 1000) -> Adapted:
    """The small model adapted; killed after so many updates."""
    updates = []

    def progress(*told: object) -> None:
        updates.append(told)
        if len(updates) > after:
            raise Killed

    settings = AdaptSettings(step_epochs=1, training=SHORT, test=(images(10), labels(10)), checkpoint=folder)
    return adapt(modern(), (images(), labels()), for_hardware=True, settings=settings, progress=progress)


def test_costs_add_up_and_the_least_harmful_comes_first() -> None:
    report = adapted().report
    rows = report.replacements
    assert {row.what for row in rows} == {"groupnorm", "silu", "gate", "maxpool2d"}
    assert [row.alone for row in rows] == sorted((row.alone for row in rows), reverse=True)
    assert report.original - sum(row.cost for row in rows) == pytest.approx(rows[-1].trained)
    assert rows[-1].trained == pytest.approx(report.adapted)


@pytest.mark.parametrize("after", [0, 4, 5, 6, 12, 21, 24])
def test_killed_it_goes_on_to_the_same_result(after: int, tmp_path: Path) -> None:
    whole = adapted()
    with pytest.raises(Killed):
        adapted(tmp_path / "kept", after)
    again = adapted(tmp_path / "kept")
    assert again.report == whole.report
    pairs = zip(again.model.state_dict().values(), whole.model.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


def test_a_call_after_the_end_trains_nothing(tmp_path: Path) -> None:
    whole = adapted(tmp_path / "kept")
    assert adapted(tmp_path / "kept", 0).report == whole.report
