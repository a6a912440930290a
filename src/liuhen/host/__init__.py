"""What `liuhen serve` stands on below Django: home folder, PostgreSQL, process tree, certificates.

Not for anything that knows a table, a case or a page; it starts those and keeps them running.
"""
