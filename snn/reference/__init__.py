"""The law, dense and plain, sharing nothing with the event engine."""
