"""When everything happens in a circuit: a simulator of its control, equal to the Verilog in every cycle, and laws of its
cycles."""
