"""The long suites at full counts: `make soak N=… SEED=…`. The quick suite leaves them out."""
