"""Bound case files and their hand-over.

Owns: binding, catalogue, hand-over to the archive room. Not for: viewing (`access`).
"""
