"""Measurements: `perf.bench` is the benchmark; the programs beside it look at one thing each."""
