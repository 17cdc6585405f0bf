"""Previews with the policy pack: what they would change, and what is wrong with that."""
