"""The product as its user has it: stories in a real browser."""
