"""The law as executable duties: facts of a case in, findings out.

For: judging a case, gates, next steps, the catalogue of records, periods and working days.
Not for: storage, screens, or any I/O beyond the tables in this package.
"""
