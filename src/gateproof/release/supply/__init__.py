"""The supply chain: what is pinned, what is known about it, and what it is licensed under."""
