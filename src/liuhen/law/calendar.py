"""Working days by year tables (stub, filled next)."""


class Calendar:
    """Year tables."""
