"""Access logs: S3's own and CloudTrail's, read in parallel and counted by caller."""
