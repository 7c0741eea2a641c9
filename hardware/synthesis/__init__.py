"""Circuits through open synthesis: Yosys for four families, nextpnr for ECP5 and iCE40, and what they report."""
