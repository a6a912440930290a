"""Who may look at recordings, and every look.

Owns: approvals of viewing and the register. Not for: who may see a case (`cases.queries`).
"""
