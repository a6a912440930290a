"""Liuhen 留痕: the full-process record of administrative law enforcement."""
