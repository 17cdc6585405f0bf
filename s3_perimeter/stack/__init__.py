"""A Pulumi stack seen from outside: the CLI, the exported state, the config."""
