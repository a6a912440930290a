"""Programs' door: /api/v1/, its JSON endpoints and the upload endpoint (tus 1.0).

Fields are stable once landed. Not for pages (`web`), rules or writes.
"""
