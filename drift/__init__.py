"""The drift-check plugin: declared (stack state) against observed (AWS)."""
