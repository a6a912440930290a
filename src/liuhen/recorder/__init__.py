"""The recorder of fixed cameras: the door by which their streams come in.

`loop` keeps a watch for each camera, `storing` takes finished segments in by acts. Not for the
streams themselves: children read those (`media.feed`). No rules here.
"""
