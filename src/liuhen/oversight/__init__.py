"""Suspected breaches of Art. 47 and what follows.

Owns: suspicions and correction, samplings, how units stand with their own duties. Not for: the
findings on cases (`compliance`).
"""
