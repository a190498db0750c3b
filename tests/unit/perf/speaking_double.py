"""A double of the process that speaks: a second of nothing for each line; some texts it refuses."""

import sys
from pathlib import Path

import msgspec
import numpy as np

from perf.bench.corpus.variation import Spoken
from perf.bench.corpus.waves import write

for line in sys.stdin.buffer:
    wanted = msgspec.json.decode(line, type=Spoken)
    if wanted.text == "die":
        raise SystemExit(1)
    if wanted.text != "refuse":
        write(Path(wanted.path), np.zeros(16_000, np.int16))
    sys.stdout.write("it cannot be said\n" if wanted.text == "refuse" else "\n")
    sys.stdout.flush()
