"""perf_analyzer, NVIDIA's own tool for loading Triton, run against every model and the edge.

``python -m perf.bench.analyzer FOLDER`` gets the tool, writes what to ask into a folder, and prints
a command line for each model to copy.
"""
