"""The kinds of proof, by what they look at."""
