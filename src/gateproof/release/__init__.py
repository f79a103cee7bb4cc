"""Release: turn a commit into something that can be handed over, or change nothing."""
