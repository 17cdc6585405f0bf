"""What AWS does with one request: the evaluator, the judge of everything else."""
