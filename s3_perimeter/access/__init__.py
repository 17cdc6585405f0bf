"""Access: who needs access, and whether the Denies leave it to them: lock-outs and dead Allows."""
