"""What connects Pulumi's engine and the rules: what the engine sends, and what is reported to it."""
