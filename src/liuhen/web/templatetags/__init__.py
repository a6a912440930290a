"""Template tags: what pages are made of. Not for queries, rules or writes; see docs/design.md."""
