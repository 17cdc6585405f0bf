"""The `perimeter` command."""
