"""What a core says of a network, and the records that it can be said of."""

from pathlib import Path

from spikewright.hardware import load_core


def test_the_core_carries_what_a_circuit_needs(folder: Path) -> None:
    core, network = load_core(folder)
    hidden = next(p for p in core.populations if p.name == "h0")
    assert (hidden.physical_neurons, hidden.lanes, hidden.potential_bits) == (1, (1, 1, 1), 8)
    assert hidden.neuron.kind == "integrate_fire" and hidden.neuron.reset == "subtract"
    assert core.address_order == "CHW" and core.code.steps == network.steps == 4
    assert "1 | 8 |" in (folder / "README.md").read_text()


def test_what_was_proved_of_its_modules_is_told(folder: Path) -> None:
    core, _ = load_core(folder)
    assert {"sw_fifo", "sw_bank", "sw_lane", "sw_taps", "sw_spikes"} <= {proof.module for proof in core.proofs}
    assert {proof.status for proof in core.proofs} == {"proved"}
