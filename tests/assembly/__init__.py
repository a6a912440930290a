"""Tests of `liuhen.assembly`: real papers compiled, read back and looked into."""
