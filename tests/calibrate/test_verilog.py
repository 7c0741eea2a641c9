import json
from pathlib import Path

import pytest

from tests.calibrate import refit
from tests.calibrate.draws import BLIND, Draw, collect
from tests.calibrate.fitted import MeasuredModule
from tests.calibrate.larger import larger
from tests.calibrate.refit import Calibration
from tests.calibrate.stored import CELLS, parameters_of
from tests.calibrate.unseen import UnseenCore
from tests.calibrate.verilog import circuit_digest, module_digest


def test_a_core_of_other_verilog_is_synthesised_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []

    def synthesised(core: UnseenCore, _: str, flat: bool) -> dict[str, object]:
        told.append(flat)
        return {
            "drawer": core.drawer,
            "seed": core.seed,
            "choice": core.choice,
            "flat": flat,
            "verilog": core.verilog(),
        }

    monkeypatch.setattr(UnseenCore, "synthesised", synthesised)
    monkeypatch.setattr(Draw, "results", lambda *_: tmp_path / "area.json")
    collect("ecp5", BLIND, 2, 1)
    rows = json.loads((tmp_path / "area.json").read_text())
    assert told == [False, False, True] and len({row["verilog"] for row in rows}) == 2
    rows[2]["verilog"] = "0"
    (tmp_path / "area.json").write_text(json.dumps(rows))
    collect("ecp5", BLIND, 2, 1)
    assert told == [False, False, True, True]


def test_modules_whose_verilog_changed_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calibration, sizes = Calibration("ecp5"), dict.fromkeys(CELLS, 3)
    monkeypatch.setattr(Calibration, "model", tmp_path / "laws.json")
    monkeypatch.setattr(Calibration, "table", tmp_path / "sizes.csv")
    rows = [MeasuredModule(f"sw_fifo BITS=2 DEPTH=4 WIDTH={bits}", {"1": 1.0}, sizes) for bits in (4, 5)]
    calibration.add(rows)
    assert calibration.earlier() == [] and len(calibration.rows()) == 2
    assert parameters_of(rows[0].key) == ("sw_fifo", {"BITS": 2, "DEPTH": 4, "WIDTH": 4})
    monkeypatch.setattr(refit, "module_digest", lambda _: "0")
    assert calibration.earlier() == ["sw_fifo"]
    calibration.add(rows)
    assert calibration.earlier() == ["sw_fifo"]
    calibration.replace("sw_fifo", rows[:1])
    assert calibration.earlier() == [] and len(calibration.rows()) == 1


def test_comments_are_no_verilog(tmp_path: Path) -> None:
    circuit = larger(3, tmp_path / "core")
    before, text = circuit_digest(circuit.folder), (circuit.folder / "core.v").read_text()
    (circuit.folder / "core.v").write_text(f"// more\n{text}\n\n")
    assert circuit_digest(circuit.folder) == before != module_digest("sw_fifo") != module_digest("sw_bank")
    (circuit.folder / "core.v").write_text(text.replace("sw_core", "sw_kore"))
    assert circuit_digest(circuit.folder) != before
