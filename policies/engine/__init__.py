"""Between the engine and the rules: what it tells the pack, and what it is told."""
