"""The embedded AWS: the emulator with enforcement on, behind listeners that stand for public addresses."""
