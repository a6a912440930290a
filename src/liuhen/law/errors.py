"""What is wrong with the law's own tables, found while they are loaded.

For: load-time errors that name the clause, parameter or year. Not for: expected refusals of acts.
"""

from liuhen.kernel.refusals import Fault


class LawError(Fault):
    """A table, rule or figure of the law contradicts itself; the message names which."""


class CalendarError(LawError):
    """A year table contradicts itself or another; the message names the year and day."""


class ParameterError(LawError):
    """A parameter is unknown, undated or doubly dated; the message names it."""


class ClauseError(LawError):
    """A clause, duty or exception isn't what it says; the message names it."""


class ExceptionConflictError(LawError):
    """Two live exceptions to one duty disagree; the message names all three."""
