"""Fixed cameras of rooms and counters: what they recorded, and when they did not.

Owns: rooms, cameras, their segments and gaps. Not for: recordings of a case (`recordings`).
"""
