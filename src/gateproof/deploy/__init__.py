"""Deployment proofs: a real PostgreSQL, a container engine and a browser, started for a proof and gone after it."""
