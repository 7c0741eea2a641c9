"""What a design costs: area, latency, energy, and the constants behind them."""
