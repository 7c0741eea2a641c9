"""From compressed models to what they cost on an FPGA, as spiking networks and as CNNs."""
