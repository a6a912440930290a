"""Units, persons, certificates, offices, devices: who may do what, and on whose behalf.

Owns: people and the rights their offices give them. Not for: cases, or how people sign in.
"""
