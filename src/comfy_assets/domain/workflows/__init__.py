"""Workflow graphs: reading, addressing, configuring and building them; no I/O."""
