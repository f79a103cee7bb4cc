"""Evidence: signed statements about exactly one source."""
