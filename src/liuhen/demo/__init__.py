"""A plainly fictional authority with cases, made only by real acts on small real media.

For trying the product and for tests' set-up. Not for a real installation: its log says demo.
"""
