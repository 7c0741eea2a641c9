"""The circuit of a design: which tables, memories and parameters the modules in `hardware/rtl` get."""
