"""The store as a Django project: its settings, addresses and entry points."""
