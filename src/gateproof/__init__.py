"""gateproof: may this commit be handed over, and how does a stranger know?"""

__version__ = "0.1.0"
