"""The CrossGuard policy pack: `rules` judge what is `declared`; `engine` speaks Pulumi's protocol."""
