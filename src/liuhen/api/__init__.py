"""The API for programs, at /api/v1/. Doors only: parse, call a query or an act, answer."""
