"""Originals by digest, their copies and receipts.

Owns: the bytes as received, write-once. Not for: what a recording or a paper means.
"""
