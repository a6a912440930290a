"""The measures on the full-process record, one module per article that has rules.

For: the duties of the text in force since 2024-11-29. Not for: statutes (`liuhen.law.statutes`).
"""
