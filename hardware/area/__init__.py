"""What the modules of `hardware/rtl` take on a device: which of them a circuit has, and how large each is by its parameters."""
