"""A backup on other disks: encrypted, incremental, to be restored to a moment. No Django.

Format: docs/formats/backup.md. Owns: the sealed files, the repository they lie in, base copies and
WAL of the embedded database. Not for what a home is rebuilt with (`recovery`), nor for a second
home that follows and verifies (`replica`).
"""
