"""Results of studies that were never run: rows in a store, as reports see them."""

from pathlib import Path
from typing import Any

from spikewright.experiments.records.provenance import Provenance
from spikewright.experiments.records.reading import Tables
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import write_rows
from spikewright.experiments.runs.state import RunState
from spikewright.experiments.studies.folder import STUDY_FOLDER
from spikewright.experiments.studies.spec import make_study
from spikewright.experiments.studies.study import StudyResult

STUDY: dict[str, Any] = {"name": "demo-digits", "model": {"architecture": "small_cnn"}}


def result_of(folder: Path, **tables: list[dict[str, Any]]) -> StudyResult:
    """A finished study without cells that has these tables."""
    store = Store.claim(folder, STUDY_FOLDER)
    provenance = Provenance.of({}, (0,))
    origin = {"commit": provenance.commit, "spikewright": "0", "versions": provenance.told_versions, "threads": 1}
    for name, rows in {**tables, "cells": [{"cell": "0", "stage": "train", **origin}]}.items():
        write_rows(store, name, rows)
    return StudyResult(make_study(STUDY), store, (), provenance, RunState.begin({}), Tables(store))
