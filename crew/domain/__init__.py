"""The rules of field work: no I/O, no clock, no third-party import."""
