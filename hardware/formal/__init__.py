"""Proofs of the Verilog in `hardware/rtl` against its laws: k-induction by yosys-smtbmc and z3."""
