"""The questions to AWS, one module a service: every one reads only."""
