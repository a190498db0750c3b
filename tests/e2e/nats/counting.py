"""What must hold after every fault: counted at both ends."""

from tests.e2e.nats.processes import ended
from tests.e2e.nats.publisher import put_together
from tests.e2e.nats.slow_bridge import pieces_of

END_SECONDS = 45
"""How long the end of chunks may come behind the whole answer: a bridge that was killed between
the two leaves it to the next delivery."""


async def count(publisher, bridges, *, seconds, all_heard=True, refused_heard=False):
    """Checks that nothing was lost, nothing answered twice, and the order kept.

    Args:
        publisher: who asked.
        bridges: what answered.
        seconds: how long the last answer may take.
        all_heard: whether nothing can have passed a subscriber by, since the server stayed.
        refused_heard: whether a bridge that was cut off may have sent what JetStream refused,
            for a plain subscriber hears that, too.

    Returns:
        How often a model had to begin a request anew.
    """
    answers = await publisher.answers(seconds)
    asked = publisher.asked
    await publisher.ends(END_SECONDS)
    lost = set(asked) - set(answers)
    assert not lost, f"{len(lost)} of {len(asked)} lost; the log ends:\n{bridges.log()[-3000:]}"
    runs = bridges.runs()
    done = ended(runs)
    for request_id, message in asked.items():
        whole = "".join(pieces_of(message))
        # The publisher's side: one whole answer, and its chunks in order make up the same.
        ((answer, at),) = answers[request_id]
        assert (answer["type"], answer["content"]) == ("done", whole)
        heard = publisher.heard[request_id]
        read = put_together(heard.chunks)
        assert read == whole or (read is None and not all_heard), heard.chunks
        assert {each["content"] for each in heard.wholes} <= {whole}
        assert len(heard.wholes) == 1 or (refused_heard if heard.wholes else not all_heard)
        # The engine's side: it was run to its end, and not once more after it was answered.
        assert done[message] >= 1
        late = [run for run in runs if run.message == message and run.began > at]
        assert not late, f"{message} was run again after its answer: {late}"
    return len(runs) - len(asked)
