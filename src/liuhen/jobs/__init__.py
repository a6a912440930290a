"""Jobs: what runs by itself, each keyed by its effect so that it may run twice. No rules here."""
