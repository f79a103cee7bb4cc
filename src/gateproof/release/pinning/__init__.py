"""Pins: `requirements/*.in` say what is wanted, hashed `*.txt` beside them say exactly what is installed."""
