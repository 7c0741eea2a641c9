"""How often the nets of a circuit change, from traces of its simulation: of the Verilog, and of the netlist made of it."""
