# Every target sets up .venv by itself; the stamp makes sure that it happens once for each change of the requirements.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

# Type checkers follow no import hooks: for them the rooms are linked together as they are installed.
ROOMS := snn compress conversion robustness hardware experiments
TYPED := $(VENV)/typed/spikewright

# Test processes. Each has two compiled threads, so that tests about threads mean something, and one of torch.
WORKERS ?= 2

# What runs with Numba's bounds checks on: all that compares the compiled kernels with the plain engine, and the kernels' own.
CHECKED := $(wildcard tests/snn/kernels tests/snn/event tests/snn/neurons tests/snn/learning \
	$(addprefix tests/snn/test_,contract*.py grid.py edges.py decisions.py delays*.py running_noise.py streams.py many.py))

.PHONY: demo test check-bounds bench bench-runs reach trained onnx-check validate calibrate wheel-check lint clean

demo: $(STAMP)
	$(BIN)/spikewright demo $(ARGS)

test: export NUMBA_NUM_THREADS ?= 2
test: export OMP_NUM_THREADS ?= 1
test: $(STAMP)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile $(ARGS)

check-bounds: export NUMBA_NUM_THREADS ?= 2
check-bounds: export OMP_NUM_THREADS ?= 1
check-bounds: export NUMBA_BOUNDSCHECK = 1
check-bounds: $(STAMP)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile $(CHECKED) $(ARGS)

bench: $(STAMP)
	$(BIN)/python -m benchmarks $(ARGS)

# What runs and stores cost at scale: docs/results/runs.json and docs/runs.md.
bench-runs: $(STAMP)
	$(BIN)/python -m benchmarks.runs $(ARGS)

# Which architectures of timm and torchvision convert: docs/results/reach.json and docs/architectures.md. timm comes first.
reach: $(VENV)/.ready-reach
	$(BIN)/python -m tests.reach $(ARGS)
	$(BIN)/python -m docs.architectures

# Trained networks of others, from the wheels that they come in: docs/trained.md.
trained: $(STAMP)
	$(BIN)/python -m tests.trained $(ARGS)

# What of ONNX is imported, and that nothing of it is wrong: docs/onnx.md. onnxruntime comes first.
onnx-check: $(VENV)/.ready-ort
	$(BIN)/python -m tests.onnx_check $(ARGS)

# Circuits beside the engine, spike by spike: docs/validation.md.
validate: $(STAMP)
	$(BIN)/python -m tests.validate $(ARGS)

# Sizes of modules by synthesis, the laws of areas, and cores that no law has seen: docs/area.md.
calibrate: $(STAMP)
	$(BIN)/python -m tests.calibrate $(ARGS)

# What a user gets: the wheel in a clean environment, beside files of the user's own. It downloads all that the wheel needs.
wheel-check: $(STAMP)
	$(BIN)/python -m tests.wheel_check $(VENV)/wheel-check

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf $(TYPED) && mkdir -p $(TYPED)
	ln -s $(CURDIR)/spikewright/* $(addprefix $(CURDIR)/,$(ROOMS)) $(TYPED)
	MYPYPATH=$(VENV)/typed $(BIN)/mypy

clean:
	rm -rf $(VENV) runs .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(STAMP): pyproject.toml setup.py constraints.txt benchmarks/peers.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps --requirement benchmarks/peers.txt
	@touch $@

$(VENV)/.ready-reach: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[reach]'
	@touch $@

$(VENV)/.ready-ort: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[ort]'
	@touch $@
