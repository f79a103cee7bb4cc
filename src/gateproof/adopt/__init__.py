"""Adoption: look at somebody else's Django project, say what was found, and write what gateproof needs there."""
