"""The CrossGuard policy pack: `rules` judge what is `declared`; `engine` is its side to Pulumi."""
