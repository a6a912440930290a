"""Requests for approval, opinions and decisions.

Owns: who was asked, who answered and how; knows its subject as kind and id. Not for: what follows.
"""
