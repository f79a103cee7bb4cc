"""Inspect: what a ZIP or a commit must not bring, whatever it says of itself."""
