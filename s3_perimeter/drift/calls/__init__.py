"""The questions to AWS, one module for each service. All of them only read."""
