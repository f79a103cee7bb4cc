"""What CI runs, read from a project's files and never executed."""
