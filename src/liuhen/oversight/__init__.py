"""Suspected breaches of Art. 47 and what follows.

Owns: suspicions and correction. Not for: the findings themselves (`compliance`).
"""
