"""actionlint on this machine: found in the user's cache or on PATH, or built."""
