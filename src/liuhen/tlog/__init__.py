"""The log's arithmetic and text formats: RFC 6962 tree, C2SP notes, checkpoints, tiles, proofs.

Pure: bytes in, bytes out; hashes with the standard library, signs with one signature library.
Not for where tiles, keys or entries are kept (`ledger`), nor for what an entry means.
"""
