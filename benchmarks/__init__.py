"""One module per table of bars: `python -m benchmarks.NAME --json`."""
