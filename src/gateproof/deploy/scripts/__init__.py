"""Programs that a proof runs as commands of their own, so that their words are recorded; standard library only."""
