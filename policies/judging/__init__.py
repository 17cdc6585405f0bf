"""What a rule is and judges by: the allow-list, proofs, exemptions."""
