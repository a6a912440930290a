"""The statutes the measures rest on, one module per statute that has rules.

For: the figures and gates of national law a case meets. Not for: the measures themselves.
"""
