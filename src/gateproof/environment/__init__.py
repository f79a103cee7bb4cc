"""What surrounds the commands of a gate: what its environment is made from, and what it finds there."""
