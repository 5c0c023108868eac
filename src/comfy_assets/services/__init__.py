"""Use cases: what a host can ask of the library, over the ports alone."""
