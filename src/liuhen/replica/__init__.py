"""A second home: pulls the log, row images and originals, verifies before it stores, cosigns.

Plain files below one folder, no database and no Django, so that it shares as little as possible
with what it watches. It never trusts the primary. Not for the primary's side (`api.replica`,
`ledger.attesting`), nor for rebuilding a home (`recovery`).
"""
