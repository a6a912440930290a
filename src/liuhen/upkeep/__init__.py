"""How the installation itself does: the signs an operator watches.

Not for the records (`compliance`, `oversight`), nor for what needs no database (`host.signs`,
`host.examining`, `host.telling`).
"""
