"""Tests of `liuhen.tlog`."""
