"""Recordings, gaps and uploads on the way.

Owns: what was recorded of an activity and what was not. Not for: the bytes (`vault`).
"""
