import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from spikewright import SpikewrightError
from spikewright.hardware.area.calibrated import CALIBRATED
from spikewright.hardware.area.elaboration.variants import ModuleVariant, instance_uses
from spikewright.hardware.circuit.instances import read_instances
from spikewright.hardware.circuit.record import Ends
from spikewright.hardware.circuit.top import build
from spikewright.hardware.circuit.winners import build_winners
from spikewright.hardware.synthesis.targets import TARGETS
from spikewright.hardware.synthesis.tools import available
from tests.calibrate import module_pool, unseen
from tests.calibrate.alone import LoneModule, boxed, synthesised_alone
from tests.calibrate.draws import BLIND, LOOKED_AT, THIRD, collect
from tests.calibrate.fitted import MeasuredModule, fitted, lucky
from tests.calibrate.larger import larger
from tests.calibrate.module_pool import FIRST_LARGER, pool
from tests.calibrate.page import printed, write_page
from tests.calibrate.real_sizes import KINDS, real_size
from tests.calibrate.refit import Calibration
from tests.calibrate.residual_tables import each, summary
from tests.calibrate.stored import rows_of, table_of
from tests.calibrate.sweeping import COVERED, SHARES, Sweep
from tests.calibrate.unseen import SIZED, Residual, UnseenCore, broken, residuals
from tests.hardware.cosim.drawn_winners import competing
from tests.validate.drawers import DRAWERS

ROOT = Path(__file__).parents[2]
SOME = ("sw_bank", "sw_fifo", "sw_lane_if", "sw_rom", "sw_turn")


@pytest.fixture(autouse=True)
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("family", CALIBRATED)
def test_stored_laws_are_those_of_the_stored_modules(family: str) -> None:
    calibration = Calibration(family)
    stored = json.loads(calibration.model.read_text())["laws"]
    for module, law in fitted(row for row in calibration.rows() if row.module in SOME).items():
        assert law.lut == pytest.approx(stored[module]["lut"]) and law.ff == pytest.approx(stored[module]["ff"])
        assert law.lut_error == pytest.approx(stored[module]["lut_error"], abs=1e-3)


@pytest.mark.parametrize("family", CALIBRATED)
def test_a_table_reads_back(family: str) -> None:
    calibration = Calibration(family)
    rows = [row for row in calibration.rows() if row.module in ("sw_rom", "sw_bank")][:60]
    again = rows_of(table_of(rows), family, calibration.rule)
    assert sorted(row.key for row in again) == sorted({row.key for row in rows})


@pytest.mark.parametrize("family", CALIBRATED)
def test_unseen_cores_lie_where_the_page_says(family: str) -> None:
    _, found = Calibration(family).residuals(BLIND.results(family))
    errors = sorted(abs(one.error("lut")) for one in found)
    assert len(found) >= 60 and errors[len(errors) // 2] <= 0.03
    assert errors[-1] <= 0.08
    assert max(abs(one.error("ff")) for one in found) <= 0.02 and all(one.blocks_off == 0 for one in found)
    for kind in ("lut", "ff"):
        assert sum(one.inside(kind) for one in found) >= 0.95 * len(found)


def test_blind_cores_are_no_others_and_take_turns() -> None:
    cores, others = list(BLIND.cores()), {core for draw in (*LOOKED_AT, THIRD) for core in draw.cores()}
    assert (
        len(set(cores)) == 67 and not others.intersection(cores) and not any(5000 <= core.seed < 6000 for core in cores)
    )
    assert sum(core.drawer in SIZED for core in cores) == 12 and {core.choice for core in cores} == {0, 1, 2}
    assert list(BLIND.cores(7)) == cores[:7]


def test_layers_of_real_sizes_are_drawn(tmp_path: Path) -> None:
    circuit = larger(3, tmp_path / "core")
    assert max(lanes.count for lanes in circuit.lanes.values()) <= 64
    dense = real_size(2 * len(KINDS), tmp_path / "dense")
    assert [lanes.count for lanes in dense.lanes.values()] == [16, 10]


@pytest.mark.parametrize("family", CALIBRATED)
def test_what_is_stored_is_not_synthesised_again(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("synthesised again")

    monkeypatch.setattr(UnseenCore, "synthesised", refused)
    collect(family, BLIND, 5, 0)
    with pytest.raises(AssertionError, match="synthesised again"):
        collect(family, replace(BLIND, seed=7900), 1, 0)


def test_a_core_that_breaks_the_tool_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise SpikewrightError("expected yosys to succeed, got: ABC: return code 134")

    monkeypatch.setattr(unseen, "synthesise", breaks)
    core = UnseenCore("IF and LIF", 4000, 0)
    row = core.synthesised("ecp5", False)
    assert row["whole"] is None and "134" in row["why"]
    results = tmp_path / "area.json"
    results.write_text(json.dumps([row]))
    assert broken(results) == [core] and residuals(results, Calibration("ecp5").residuals(Path("none.json"))[0]) == []


def test_bands_of_few_cores_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = json.loads(Calibration("ecp5").model.read_text())
    monkeypatch.setattr(Calibration, "model", tmp_path / "laws.json")
    Calibration("ecp5").model.write_text(json.dumps(before))
    Calibration("ecp5").fit([tmp_path / "none.json"])
    after = json.loads(Calibration("ecp5").model.read_text())
    assert [after[kind] for kind in ("lut_band", "ff_band")] == [before[kind] for kind in ("lut_band", "ff_band")]


def test_luck_is_told_from_laws() -> None:
    rows = [
        MeasuredModule(f"sw_x n={n}", {"1": 1.0, "n": float(n)}, {"lut": 10 + 3 * n, "ff": n, "dsp": 0})
        for n in range(1, 40)
    ]
    rows.append(MeasuredModule("sw_x n=41", {"1": 1.0, "n": 41.0}, {"lut": 260, "ff": 41, "dsp": 0}))
    assert lucky(rows) == [False] * 39 + [True]
    law = fitted(rows)["sw_x"]
    assert law.lut == pytest.approx({"1": 10, "n": 3}, abs=1e-3) and law.most["n"] == 41 and law.modules == 40


def test_boxes_have_their_ports_alone() -> None:
    top = "attribute \\top 1\nmodule \\top\n  wire input 1 \\a\n  cell \\inner \\u0\n  end\nend\n"
    inner = "module \\inner\n  wire input 1 \\a\n  wire \\b\nend\n"
    found = boxed(top + inner, {"\\top"})
    assert found == top + "attribute \\blackbox 1\n" + inner.replace("  wire \\b\n", "")


def test_a_page_is_written(tmp_path: Path) -> None:
    calibrated, _ = Calibration("xc7").residuals(Path("none.json"))
    core = UnseenCore("IF and LIF", 1000, 0)
    area = calibrated.total(*core.uses())
    one = Residual(core, {"lut": 700, "ff": 600, "blocks": area.blocks}, {"lut": 600, "ff": 590, "blocks": 0}, area)
    found = {"xc7": (calibrated, [one])}
    write_page(found, found, found, tmp_path / "area.md")
    assert "| xc7 |" in (tmp_path / "area.md").read_text() and len(summary({"xc7": (calibrated, [])})) == 2
    assert "or outside of an interval: IF and LIF, seed 1000 (LUT " in (tmp_path / "area.md").read_text()
    assert each([one])[-1] in printed(found, found, found) and "| 600 |" in each([one])[-1]


@pytest.mark.skipif(not available("yosys"), reason="Yosys is not installed: apt-get install yosys")
def test_small_modules_are_synthesised_as_large_as_their_laws_say(tmp_path: Path, family: str = "ecp5") -> None:
    (tmp_path / "rows.mem").write_text("0\n3\n5\n6\n")
    wanted = [
        LoneModule("sw_delay", {"WIDTH": 5, "CYCLES": 3}),
        LoneModule("sw_bank", {"WIDTH": 18, "ROWS": 4, "BITS": 2, "STYLE": 1}),
        LoneModule("sw_rom", {"WIDTH": 3, "DEPTH": 4, "BITS": 2, "FILE": "rows.mem", "LOADED": 0}),
        LoneModule("sw_fifo", {"WIDTH": 9, "DEPTH": 8, "BITS": 3}),
    ]
    calibrated = Calibration(family).residuals(Path("none.json"))[0]
    for one, cells in zip(wanted, synthesised_alone(TARGETS[family], wanted, tmp_path), strict=True):
        variant = ModuleVariant(one.module, tuple(one.parameters.items()))
        size = calibrated.of(variant, lambda file: [int(word, 16) for word in (tmp_path / file).read_text().split()])
        assert size.ff == pytest.approx(cells.ff, abs=0.5) and size.lut == pytest.approx(cells.lut, rel=0.2, abs=3)


def test_a_feature_that_few_modules_have_is_sought(tmp_path: Path) -> None:
    sweep = Sweep(Calibration("xc7"), tmp_path)
    plain = [LoneModule("sw_grant", grants(sources=1, block=bits)) for bits in range(2, 12)]
    three = [LoneModule("sw_grant", grants(sources=3, block=bits)) for bits in range(2, 12)]
    chosen = sweep.some([*plain, *three], 2, Counter({"one": COVERED}))
    assert chosen == [*plain[:2], *three[:COVERED]]
    assert (
        sweep.some(three, 0, Counter({"sources": COVERED, "chosen from 2": 9, "chosen from 3": COVERED - 1}))
        == three[:1]
    )


def grants(sources: int, block: int) -> dict[str, int | str]:
    """What a choice among `sources` is told, with blocks of so many bits."""
    bits = {"OY_BITS": 1, "OX_BITS": 1, "RY_BITS": 3, "RX_BITS": 3, "SEATS": 1}
    return {"SOURCES": sources, "S_BITS": block, **bits}


@pytest.mark.parametrize("family", CALIBRATED)
def test_winner_take_all_cores_and_streams_have_sizes(family: str, tmp_path: Path) -> None:
    calibrated = Calibration(family).residuals(Path("none.json"))[0]
    network, lanes = competing(3)
    core = build_winners(network, lanes, tmp_path / "winners").folder / "core.v"
    circuit = larger(FIRST_LARGER + 1, tmp_path / "larger")
    loaded = build(circuit.network, circuit.lanes, tmp_path / "loaded", ends=Ends(loads=True))
    texts = [core.read_text(), (circuit.folder / "axis.v").read_text(), (loaded.folder / "axis.v").read_text()]
    for text in texts:
        uses = instance_uses(one for one in read_instances(text) if one.module != "sw_core")
        area = calibrated.total(uses, lambda _: [0] * 64)
        assert area.lut.value > 0 and not any("no such module" in what for what in area.outside)


def test_the_pool_has_loaded_modules_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_pool, "DRAWERS", DRAWERS[:1])
    found = pool(tmp_path, 1, 1)
    assert {"sw_rom", "sw_rom loaded", "sw_codebook memory", "sw_frame", "sw_winners", "sw_loader"} <= found.keys()
    assert all(one.parameters["LOADED"] and not one.parameters["FILE"] for one in found["sw_rom loaded"])
    assert not any(one.parameters["LOADED"] for one in found["sw_rom"])
    row = MeasuredModule("sw_rom BITS=1 DEPTH=1 LOADED=1 WIDTH=16", {}, {})
    assert (row.module, row.law) == ("sw_rom", "sw_rom loaded") and "sw_rom loaded" in SHARES
    assert MeasuredModule("sw_rom of columns=0", {}, {}).law == "sw_rom"
