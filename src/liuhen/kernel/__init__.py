"""What everything else stands on: clock, ids, digests, canonical JSON, refusals.

Standard library only. Not for anything that knows a case, a file store or a database.
"""
