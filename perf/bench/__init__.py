"""The benchmark: what Tritone takes, beside its engines' own floor and what else there is.

``python -m perf.bench`` runs scenarios (`scenarios`), each of which puts the same load (`loads`)
on several subjects (`subjects`) in turns, and compares them round by round (`comparing`). A
subject lives in a process of its own (`worker`), and what serves it is on the stage (`stage`).
"""
