"""The parts of the verifier.

They share with the writer only the model, the errors, the findings, `evidence/` and the ZIP reader.
"""
