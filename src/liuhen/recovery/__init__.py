"""What a replica is for on a bad day: bringing back originals, rebuilding a whole home.

Not for the replica's own pulling (`liuhen.replica`), nor for backups of a home as it is.
"""
