"""The outside world: every room here fits a port and knows one outside library."""
