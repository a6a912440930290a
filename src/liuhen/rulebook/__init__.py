"""What the authority added to the law's own tables: figures it set, year tables it imported.

Owns: set figures, year tables, texts loaded. Not for: the law's tables themselves (`law`).
"""
