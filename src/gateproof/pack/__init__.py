"""Pack: seal evidence for a stranger, and check it as a stranger would."""
