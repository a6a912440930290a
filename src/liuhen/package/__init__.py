"""Archival packages: writes and validates BagIt (RFC 8493) folders with the case's own manifest.

Pure: files and values in, a folder or findings out. Not for what belongs into a case's package
(`archive`), nor for checking signatures and proofs (`tlog`). `validation` and `case_check` share
nothing with `writer`, `paths` and `case` but the digests.
"""
