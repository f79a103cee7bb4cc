"""Record: run a command, stream it, capture it, decide what it saw."""
