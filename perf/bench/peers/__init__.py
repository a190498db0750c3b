"""What people would use instead, run beside Tritone: servers with the same weights and cores.

Each is a part of the stage (`perf.bench.parts`): a process on a free port of this machine. Those
that are not of our own environment run in one of theirs (`environment`), pinned like ours, with
engines of the same versions.
"""
