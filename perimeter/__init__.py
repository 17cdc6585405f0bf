"""The pure core: addresses, policy documents, evaluation, proof, comparison, building the Deny."""
