"""The stand-in for pulumi-resource-aws: which the engine attaches to by ``PULUMI_DEBUG_PROVIDERS``."""
