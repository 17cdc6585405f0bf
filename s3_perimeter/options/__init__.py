"""Options that several commands take: allow-lists, buckets, and policies in files."""
