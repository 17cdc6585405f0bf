"""What is declared: the bucket and its policy, the access-log bucket, the remote users."""
