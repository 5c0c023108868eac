"""What the core asks of the outside world; each docstring is a contract."""
