"""Which modules a circuit is made of, with their parameters: the hierarchy of `hardware/rtl` as a synthesis tool finds it."""
