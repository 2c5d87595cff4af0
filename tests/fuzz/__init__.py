"""Coverage-guided fuzzing, run by hand: see README.md."""
