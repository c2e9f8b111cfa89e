"""Benchmarks: ratios measured within one run. `python3 run.py bench` prints the table."""
