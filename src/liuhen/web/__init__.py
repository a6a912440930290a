"""Pages for people: views, templates, islands. Not for rules or writes."""
