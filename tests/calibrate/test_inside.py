import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.calibrate import inside
from tests.calibrate.inside import inside_factors
from tests.calibrate.refit import Calibration
from tests.calibrate.unseen import UnseenCore


def test_factors_are_what_cores_take_over_what_laws_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "FEWEST_CORES", 2)
    alone = replace(Calibration("ecp5").residuals(Path("none.json"))[0], inside={}, _found={})
    rows = []
    for seed in (1000, 1001):
        core, told = UnseenCore("IF and LIF", seed, 0), Counter[str]()
        uses, words = core.uses()
        for use in uses:
            told[use.module] += use.count * alone.of(use.variant, words).lut
        took = {kind: lut * (1.5 if kind == "sw_lane" else 1.0) for kind, lut in told.items()}
        named = {"drawer": core.drawer, "seed": seed, "choice": 0, "flat": False, "verilog": core.verilog()}
        rows.append({**named, "whole": {"lut": sum(took.values())}, "inside": took})
    results = tmp_path / "area.json"
    results.write_text(json.dumps([*rows, {**rows[0], "verilog": "0"}]))
    found = inside_factors([results], alone)
    assert found["sw_lane"] == pytest.approx(1.5, abs=1e-3) and found["sw_bank"] == pytest.approx(1, abs=1e-3)
    assert "sw_spikes" not in found and inside_factors([tmp_path / "none.json"], alone) == {}
    twice = replace(alone, inside={"sw_lane": 2.0}, _found={})
    lane = next(use for use in uses if use.module == "sw_lane")
    assert twice.of(lane.variant, words).lut == pytest.approx(2 * alone.of(lane.variant, words).lut)
    bank = next(use for use in uses if use.module == "sw_bank")
    assert twice.of(bank.variant, words).lut == alone.of(bank.variant, words).lut
