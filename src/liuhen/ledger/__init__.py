"""Entries of the ledger, row images, sequencing and checkpoints.

Owns: what was done, by whom, when, and what the touched rows looked like afterwards.
Not for: deciding whether an act is allowed, or the tree arithmetic itself (`tlog`).
"""
