"""Benchmarks: figures beside their limits and peers, in one run. Not part of a test.

Each benchmark is a function `run(options) -> list[Figure]` in a module of its own, named in
`commands.bench`. They make throwaway homes and touch no other.
"""
