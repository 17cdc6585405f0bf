"""The Pulumi engine on this machine: found on PATH, in the user's cache, or built."""
