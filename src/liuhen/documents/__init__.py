"""Papers, numbers, signatures and service.

Owns: every legal document of a case and its life. Not for: layout (`assembly`) or approval.
"""
