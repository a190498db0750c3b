"""Ray Serve applications, as somebody would write them who knows Ray Serve and these engines.

Run in the peers' environment (``python -m perf.bench.peers.ray_app OPTIONS``), where nothing else
of ours is imported. Each application has a route of its own, so that a request takes one hop, from
the proxy to a replica:

    POST /stt       PCM, int16, 16 kHz, mono       -> text
    POST /tts       text                           -> PCM, int16; its rate in `x-sample-rate`
    POST /embedder  text                           -> a unit vector, float32
    POST /llm       an OpenAI chat completion      -> server-sent events, as llama.cpp writes them
    POST /voice     PCM; `x-ask`: JSON with `messages` and `max_tokens`
                                                   -> frames: one byte of kind (`t`: transcript,
                                                      `d`: text, `a`: PCM), four of length (big
                                                      endian), content

What takes a batch takes it by `@serve.batch`, with the sizes and waits of our own models; engines
run in threads, so that the next batch gathers meanwhile.
"""
