"""Drivers that disturb what is here, to see whether it is noticed: mutants of the core, chaos, load."""
