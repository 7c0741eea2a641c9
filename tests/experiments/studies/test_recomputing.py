"""What a change makes anew is what depends on it and nothing else, and each row says where its own cell comes from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.spec import Study
from spikewright.experiments.studies.study import run_study
from tests.experiments.studies.small_study import SMALL, small

GAUSSIAN = {"kind": "gaussian", "strengths": [0.1]}
FGSM, PGD = {"kind": "fgsm", "epsilons": [0.1]}, {"kind": "pgd", "epsilons": [0.1], "steps": 2}
WIDE: dict[str, Any] = {
    "compressions": [{"name": "pruned", "images": 60, "rounds": 1, "round_epochs": 1, "final_epochs": 1}],
    "conversions": [*SMALL["conversions"], {"name": "ttfs", "recipe": "ttfs", "source": "ann", "samples": 40}],
}


def attacked(*attacks: dict[str, Any], **more: Any) -> Study:
    """A study of a CNN and a spiking network under noise and attacks."""
    return small(robustness={"images": 8, "noise": [GAUSSIAN], "attacks": list(attacks)}, **more)


def written(folder: Path) -> dict[str, tuple[int, bytes]]:
    """When the record of each cell was written, and what it says."""
    records = sorted((folder / "cells").glob("*/cell.json"))
    return {path.parent.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in records}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of such a study, finished, made by a first commit."""
    place = tmp_path_factory.mktemp("attacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("spikewright.experiments.records.provenance.current_commit", lambda: "first")
        assert run_study(attacked(FGSM, PGD), place).complete
    yield place


def test_a_changed_attack_makes_its_own_cells_anew_and_its_rows_say_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(folder)
    monkeypatch.setattr("spikewright.experiments.records.provenance.current_commit", lambda: "second")
    result = run_study(attacked(FGSM, {**PGD, "steps": 3}), folder)
    after = written(folder)
    new = sorted(name.rpartition("-")[0] for name in after.keys() - before.keys())
    assert {name: after[name] for name in before} == before
    assert new == ["attack-ann-pgd", "attack-rate-pgd"] and result.ran == 2
    rows = result.tables.results.query("select perturbation, commit, count(*) as n from robustness group by all")
    assert {row["commit"] for row in rows if row["perturbation"].startswith("PGD")} == {"second"}
    assert {row["commit"] for row in rows if not row["perturbation"].startswith("PGD")} == {"first"}


def test_a_new_version_of_a_stage_makes_it_and_what_reads_it_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = attacked(FGSM, PGD)
    assert run_study(study, folder).complete
    before = written(folder)
    monkeypatch.setattr("spikewright.experiments.stages.harm.NoiseStage.version", 99)
    result = run_study(study, folder)
    after = written(folder)
    assert {name.partition("-")[0] for name in after.keys() - before.keys()} == {"noise"}
    assert {name: after[name] for name in before} == before and result.ran == 2


@pytest.mark.parametrize("stage", ["train", "compress", "convert", "simulate", "noise", "attack"])
def test_of_every_stage_what_changes_is_all_that_builds_on_it(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    study = attacked(FGSM, PGD, **WIDE, seeds=[0, 1])
    before = expand(study)
    monkeypatch.setattr(STAGES[stage], "version", STAGES[stage].version + 1)
    after = expand(study)
    assert [(cell.stage, cell.name, cell.seed) for cell in before] == [(c.stage, c.name, c.seed) for c in after]
    changed = {old.folder: old.key != new.key for old, new in zip(before, after, strict=True)}
    assert changed == {cell.folder: builds_on(cell, stage) for cell in before} and any(changed.values())


def builds_on(cell: Cell, stage: str) -> bool:
    """Whether a cell is of a stage, or needs one that builds on it."""
    return cell.stage == stage or any(builds_on(need, stage) for need in cell.needs.values())


def test_every_row_says_of_itself_what_its_cell_says(folder: Path) -> None:
    result = run_study(attacked(FGSM, {**PGD, "steps": 3}), folder)
    results = result.tables.results
    assert len(set(results.table("cells")["commit"])) > 1
    for name in result.tables:
        whole, same = (
            results.query(f'select count(*) as n from "{name}" t {joined}')["n"][0]
            for joined in ("", JOINED)
        )  # fmt: skip
        assert whole == same > 0, name


JOINED = """join cells c on t.cell = c.cell and t.seed = c.seed and t.commit = c.commit and t.spikewright = c.spikewright
    and t.versions = c.versions and t.threads is not distinct from c.threads"""
