"""Studies: files checked to the field, tasks named by what they mean, and nothing done twice."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile, InvalidInput, SpikewrightError, Table
from spikewright.experiments.report.tables import read_provenance, read_table, write_table
from spikewright.experiments.runs import stored
from spikewright.experiments.runs.expansion import expand
from spikewright.experiments.runs.provenance import Provenance, content_hash
from spikewright.experiments.runs.running import waves
from spikewright.experiments.runs.spec import Study, make_study, read_study
from spikewright.experiments.runs.study import open_study, run_study
from spikewright.experiments.runs.tasks import Task
from spikewright.experiments.stages.conversion import check_core
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    MaxGate,
    Network,
    Population,
    Projection,
    Source,
    Windows,
)

SMALL: dict[str, Any] = {
    "name": "small",
    "dataset": {"train": 120, "test": 30},
    "model": {"architecture": "small_cnn", "training": {"epochs": 1, "batch_size": 32}},
    "conversions": [{"name": "rate", "recipe": "rate", "steps": 3, "samples": 40}],
}


def small(**changes: Any) -> Study:
    return make_study({**SMALL, **changes})


def test_yaml_toml_and_values_say_the_same(tmp_path: Path) -> None:
    yaml = tmp_path / "a.yaml"
    yaml.write_text(
        "name: a\nmodel: {zoo: lenet5-mnist}\nseeds: [1, 2]\nconversions: [{name: r, recipe: rate, steps: 7}]\n"
    )
    toml = tmp_path / "a.toml"
    toml.write_text(
        'name="a"\nseeds=[1, 2]\n[model]\nzoo="lenet5-mnist"\n[[conversions]]\nname="r"\nrecipe="rate"\nsteps=7\n'
    )
    assert read_study(yaml) == read_study(toml)


FAULTS = [
    ({"colour": 1}, "colour: Extra"),
    ({"model": {"architecture": "small_cnn", "zoo": "x"}}, "model: expected one of"),
    ({"model": {"factory": "a:b"}}, "factory and weights together"),
    ({"conversions": [{"name": "r", "recipe": "rate", "steps": 0}]}, "conversions[0]:"),
    ({"conversions": [{"name": "r", "recipe": "morse"}]}, "conversions[0]"),
    ({"conversions": [{"name": "R/../x", "recipe": "ttfs"}]}, "conversions[0].name"),
    ({"compressions": [{"sparsity": 1.0}]}, "compressions[0]: the stage 'compress': expected sparsity"),
    ({"compressions": [{"name": "rate"}]}, "own name"),
    ({"seeds": []}, "seeds"),
    ({"seeds": [-1]}, "seeds[0]"),
    ({"robustness": {"subjects": ["nobody"]}}, "nobody"),
    ({"robustness": {"attacks": [{"kind": "pgd", "epsilons": [0.1], "transfer_from": "nobody"}]}}, "nobody"),
    ({"robustness": {"noise": [{"kind": "gaussian", "strengths": [-0.1]}]}}, "robustness.noise[0].strengths[0]"),
    ({"hardware": {"networks": ["nobody"]}}, "nobody"),
]


@pytest.mark.parametrize(("change", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_a_fault_is_named_with_its_path(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        small(**change)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_a_study_on_disk_is_limited_and_named_after_its_file(tmp_path: Path) -> None:
    path = tmp_path / "night.yaml"
    path.write_text("model: {architecture: small_cnn}")
    assert read_study(path).name == "night"
    path.write_text("#" * (2**20 + 1))
    with pytest.raises(InvalidFile, match="at most"):
        read_study(path)


RATE = {"name": "rate", "recipe": "rate", "steps": 3, "fixed": {}}
NO_CORE = {
    "spike times": {"name": "times", "recipe": "ttfs"},
    "signed": {**RATE, "name": "times", "neuron": "signed"},
    "bursts": {**RATE, "name": "times", "neuron": "burst"},
    "weighted": {"name": "times", "recipe": "phase"},
    "exact": {"name": "times", "recipe": "exact"},
}


@pytest.mark.parametrize("name", NO_CORE)
def test_spikes_that_no_core_has_are_refused_before_the_first_task(name: str) -> None:
    study = small(conversions=[RATE, NO_CORE[name]], hardware={"networks": ["rate", "times"]})
    with pytest.raises(InvalidInput, match=r"in 'times'; try hardware\.networks without it"):
        expand(study)
    small(conversions=[RATE, NO_CORE[name]], hardware={"networks": ["rate"]})


def test_only_conversions_that_hardware_is_built_from_are_checked_for_it() -> None:
    other = {**RATE, "name": "other"}
    tasks = expand(small(conversions=[RATE, other], hardware={"networks": ["rate"]}))
    assert {task.name: task.params["settings"]["core"] for task in tasks if task.kind == "convert"} == {
        "rate": True,
        "other": False,
    }


def test_what_no_core_is_built_from_is_refused_where_it_is_converted() -> None:
    gate = Population("pool", (1, 1, 1), MaxGate())
    parts = (Population("in", (1, 2, 2), Source()), Population("a", (1, 2, 2), IF(1), potential_bits=9), gate)
    projections = (Projection("in", "a", Identity(1)), Projection("a", "pool", Windows((2, 2), (2, 2))))
    last = Population("out", (1, 1, 1), Integrator(), potential_bits=9)
    network = Network(
        (*parts, last),
        (*projections, Projection("pool", "out", Identity(1))),
        "in",
        "out",
        Direct(2, 1),
        numbers="fixed",
    )
    with pytest.raises(InvalidInput, match=r"MaxGate in 'pool'.*the study builds hardware from it"):
        check_core(network)
    with pytest.raises(InvalidInput, match="fixed-point"):
        check_core(
            Network(
                (parts[0], Population("out", (1, 2, 2), Integrator())),
                (Projection("in", "out", Identity(1)),),
                "in",
                "out",
                Direct(2),
            )
        )


def keys(study: Study) -> dict[tuple[str, str, int], str]:
    return {(task.kind, task.name, task.seed): task.key for task in expand(study)}


def test_keys_follow_the_meaning(tmp_path: Path) -> None:
    base = keys(small())
    assert keys(small(name="other")) == base
    assert keys(small(dataset={"train": 120, "test": 30, "folder": str(tmp_path)})) == base
    longer = keys(small(conversions=[{"name": "rate", "recipe": "rate", "steps": 4, "samples": 40}]))
    assert longer[("train", "ann", 0)] == base[("train", "ann", 0)]
    assert longer[("convert", "rate", 0)] != base[("convert", "rate", 0)]
    assert longer[("simulate", "rate", 0)] != base[("simulate", "rate", 0)]
    assert keys(small(dataset={"train": 121, "test": 30}))[("train", "ann", 0)] != base[("train", "ann", 0)]


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.lists(st.booleans(), max_size=3)))
def test_a_hash_does_not_see_the_order_of_keys(values: dict[str, Any]) -> None:
    assert content_hash(values) == content_hash(dict(reversed(values.items())))


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), max_size=12))
def test_waves_run_every_task_once_and_after_its_needs(edges: list[list[int]]) -> None:
    tasks: list[Task] = []
    for number, wanted in enumerate(edges):
        needs: Mapping[str, Task] = {str(n % number): tasks[n % number] for n in wanted} if number else {}
        tasks.append(Task("kind", f"t{number}", 0, {}, needs))
    seen: set[str] = set()
    for wave in waves(tasks):
        assert wave
        assert all(need.key in seen for task in wave for need in task.needs.values())
        assert not seen & {task.key for task in wave}
        seen |= {task.key for task in wave}
    assert len(seen) == len(tasks)


@given(
    st.sampled_from([st.integers(-(2**60), 2**60), st.floats(allow_nan=False), st.booleans(), st.text(max_size=6)]),
    st.data(),
)
def test_a_table_comes_back_from_parquet(tmp_path_factory: pytest.TempPathFactory, kind: Any, data: Any) -> None:
    rows = data.draw(
        st.lists(st.fixed_dictionaries({"a": st.none() | kind, "b": st.integers(0, 9)}), min_size=1, max_size=6)
    )
    base = tmp_path_factory.mktemp("t") / "table"
    parquet, text = write_table(Table.of(rows), base, {"seed": 3})
    assert read_table(parquet) == Table.of(rows)
    assert set(read_table(text).columns) == {"a", "b"} and len(read_table(text)) == len(rows)
    assert read_provenance(parquet) == {"seed": 3}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100)])
def test_a_broken_table_is_an_invalid_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    with pytest.raises(InvalidFile):
        read_table(path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    assert run_study(small(), folder).ran == 3
    return folder


def test_a_second_run_does_nothing(finished: Path) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in (finished / "tasks").rglob("*") if path.is_file()}
    seen: list[tuple[str, int, int]] = []
    again = run_study(small(), finished, progress=lambda *told: seen.append(told))
    assert again.ran == 0 and seen == [("study", 3, 3)]
    assert {path: path.stat().st_mtime_ns for path in (finished / "tasks").rglob("*") if path.is_file()} == stamps


def test_only_what_changed_is_run(finished: Path) -> None:
    more = [*SMALL["conversions"], {"name": "ttfs", "recipe": "ttfs", "samples": 40}]
    result = run_study(small(conversions=more), finished)
    assert result.ran == 2
    assert set(result.tables["accuracy"]["network"]) == {"ann", "rate", "ttfs"}


def test_results_carry_their_origin(finished: Path) -> None:
    result = run_study(small(), finished)
    table = read_table(finished / "tables" / "results.parquet")
    stages = {"accuracy", "accuracy_over_steps", "activity", "baseline", "conversion", "diagnosis", "training"}
    assert set(table["table"]) == stages
    assert set(table["configuration"]) == {result.provenance.configuration} and set(table["seed"]) == {0}
    assert all(table["commit"]) and all(table["spikewright"])
    assert read_provenance(finished / "tables" / "accuracy.parquet")["versions"]["numpy"]
    assert open_study(finished).tables["accuracy"] == result.tables["accuracy"]
    assert sorted(path.stem for path in (finished / "tables").glob("*.csv")) == sorted(result.tables)


def test_what_was_finished_before_an_error_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stage: object, work: object) -> stored.Rows:
        raise InvalidInput("expected luck, got none")

    monkeypatch.setattr("spikewright.experiments.stages.conversion.ConvertStage.run", broken)
    with pytest.raises(InvalidInput, match="luck"):
        run_study(small(), tmp_path)
    assert [path.name.split("-")[0] for path in (tmp_path / "tasks").iterdir()] == ["train"]
    with pytest.raises(InvalidFile, match="finished study"):
        open_study(tmp_path)
    monkeypatch.undo()
    assert run_study(small(), tmp_path).ran == 2


def test_processes_give_the_same_as_one(finished: Path, tmp_path: Path) -> None:
    """Two seeds side by side in two processes, the one seed of before among them."""
    result = run_study(small(seeds=(0, 1)), tmp_path, workers=2)
    alone = run_study(small(), finished)
    drop = ("seconds", "configuration")

    def plain(table: Table) -> list[dict[str, Any]]:
        return [{name: row[name] for name in row if name not in drop} for row in table if row["seed"] == 0]

    assert plain(result.tables["accuracy"]) == plain(alone.tables["accuracy"])
    assert plain(result.tables["activity"]) == plain(alone.tables["activity"])
    assert {row["seed"] for row in result.tables["accuracy"]} == {0, 1}


def test_an_error_in_another_process_names_its_task(tmp_path: Path) -> None:
    """The model takes colour images of 32 x 32 pixels; the tasks of both seeds run elsewhere."""
    study = small(model={"architecture": "vgg7"}, seeds=(0, 1))
    with pytest.raises(SpikewrightError, match=r"train ann.*images that fit"):
        run_study(study, tmp_path, workers=2)


def test_provenance_is_plain(tmp_path: Path) -> None:
    made = Provenance.of({"a": 1}, (0, 1))
    assert json.loads(json.dumps(made.to_dict()))["configuration"] == content_hash({"a": 1})
    assert made.commit and made.machine


def test_rows_say_under_which_commit_they_were_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that another commit goes on with: what was run before keeps its own."""
    from spikewright.experiments.report.page import write_report

    monkeypatch.setattr("spikewright.experiments.runs.provenance.current_commit", lambda: "first")
    run_study(small(), tmp_path)
    monkeypatch.setattr("spikewright.experiments.runs.provenance.current_commit", lambda: "second")
    monkeypatch.setattr("spikewright.experiments.runs.provenance.versions", lambda: {"spikewright": "9", "numpy": "2"})
    more = [*SMALL["conversions"], {"name": "other", "recipe": "rate", "steps": 2, "samples": 40}]
    result = run_study(small(conversions=more), tmp_path)
    made = {row["network"]: (row["commit"], row["spikewright"]) for row in result.tables["accuracy"]}
    assert made["ann"][0] == made["rate"][0] == "first" and made["other"] == ("second", "9")
    assert {row["threads"] for row in result.tables["results"]} == {1}
    assert open_study(tmp_path).tables == result.tables
    assert [(row["commit"], row["tasks"]) for row in stored.origins(result)] == [("first", 3), ("second", 2)]
    page = write_report(result).read_text()
    assert "<code>first</code>" in page and "<code>second</code>" in page and ": 3 tasks" in page


def test_tasks_of_before_have_an_unknown_origin(tmp_path: Path) -> None:
    run_study(small(), tmp_path)
    for path in (tmp_path / "tasks").glob(f"*/{stored.ORIGIN}"):
        path.unlink()
    assert set(open_study(tmp_path).tables["results"]["commit"]) == {"unknown"}
    next((tmp_path / "tasks").iterdir()).joinpath(stored.ORIGIN).write_text("{}")
    with pytest.raises(InvalidFile, match="provenance of a task"):
        open_study(tmp_path)


def test_the_user_s_threads_are_put_back(tmp_path: Path) -> None:
    import torch

    torch.set_num_threads(2)
    try:
        run_study(small(conversions=[]), tmp_path)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


@pytest.mark.parametrize("text", ["", "[]", "3", "null", '{"a": 1}', '{"a": [1]}'])
def test_damaged_results_say_what_to_remove(tmp_path: Path, text: str) -> None:
    task = expand(small())[0]
    place = tmp_path / "tasks" / task.folder
    place.mkdir(parents=True)
    (place / "result.json").write_text(text)
    with pytest.raises(InvalidFile, match=f"remove {place}"):
        stored.gather([task], tmp_path, Provenance.of({}, (0,)))


@pytest.mark.parametrize("text", ["[]", "3", "null", "{}"])
def test_a_damaged_origin_is_an_invalid_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "study.json").write_text(small().model_dump_json())
    (tmp_path / "provenance.json").write_text(text)
    with pytest.raises(InvalidFile, match="expected the provenance"):
        open_study(tmp_path)
