"""Every write: one function per act, with one permission and one event of the ledger.

Listing this folder shows everything that can happen. Not for reads or for rules of the law.
"""
