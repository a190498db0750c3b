"""Sound as files have it: containers and codecs in, containers and codecs out.

Everything here works on the CPU and blocks, in short steps; `reading` is the asynchronous side.
"""

__all__: list[str] = []
