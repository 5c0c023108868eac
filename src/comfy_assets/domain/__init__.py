"""Entities, values and rules: synchronous, no I/O, no clock, no anyio."""
