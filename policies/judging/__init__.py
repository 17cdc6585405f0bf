"""What a rule is, and what rules share: the allow-list, proofs, exemptions."""
