"""Finding records by party, date, place, kind of event and words (Art. 40).

Owns: the index beside the tables. Not for: what a found record shows (its own app).
"""
