"""Leads, cases, parties, activities and performance.

Owns: what happened, where, when, with whom. Not for: papers, recordings or judging.
"""
