"""Tests of `liuhen.package`."""
