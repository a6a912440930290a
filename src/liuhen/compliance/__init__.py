"""Findings of the law on every case, and what people said about them.

Owns: facts built from the apps below, stored findings, due times. Not for: rules (`law`).
"""
