"""What the size of a module grows with: for each module of `hardware/rtl` a few numbers worked out of its parameters."""
