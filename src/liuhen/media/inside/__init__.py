"""What runs in the confined child, and only there: the readers that touch untrusted bytes.

Modules here may import decoders at their top, since the worker loads them before it confines
itself and nothing can be loaded afterwards. Not for import by any other part of the system.
"""
