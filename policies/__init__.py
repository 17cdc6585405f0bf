"""The CrossGuard policy pack: one rule a file."""
