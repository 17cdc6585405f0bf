"""Policy documents, as S3 and IAM read them."""
