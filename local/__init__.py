"""What stands in on one machine: the embedded AWS, the provider, the build of the engine."""
