"""Which slot of the engine a prompt goes to."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritone.cancellation import Cancellation
from tritone.engines.llm.slots import Slots, told
from tritone.errors import Cancelled

pytestmark = pytest.mark.unit

SYSTEM = "You are brief and kind. " * 4


def asked(slots: Slots, text: str, answer: str = "") -> int:
    """The slot that a prompt was read in."""
    with slots.taken(text, Cancellation()) as slot:
        slot.text += answer
    return slot.number


def test_a_conversation_goes_on_where_it_was():
    """Its slot knows the most of it, the answer included."""
    slots = Slots(3)
    first = asked(slots, f"{SYSTEM}user: tea?", " Yes.")
    asked(slots, "Something else altogether.")
    assert asked(slots, f"{SYSTEM}user: tea? Yes.user: milk?") == first


def test_a_stranger_does_not_take_the_slot_of_who_pauses():
    """Of slots that know equally much, that which rested longest is taken."""
    slots = Slots(2)
    with slots.taken(f"{SYSTEM}one", Cancellation()), slots.taken(f"{SYSTEM}two", Cancellation()):
        pass  # both slots know the system prompt; that of "two" rests longer
    pausing = asked(slots, f"{SYSTEM}one", " and")
    stranger = asked(slots, f"{SYSTEM}three")
    assert stranger != pausing
    assert asked(slots, f"{SYSTEM}one and so on") == pausing


def test_the_same_prompt_goes_to_the_same_slot():
    """Other slots may have read it beside strangers, with sums that are rounded otherwise."""
    slots = Slots(3)
    with slots.taken(SYSTEM, Cancellation()), slots.taken(SYSTEM, Cancellation()):
        pass
    last = asked(slots, SYSTEM, " One.")
    assert {asked(slots, SYSTEM, f" {number}.") for number in range(4)} == {last}


def test_what_one_slot_knows_is_not_read_again_in_an_empty_one():
    """One caller after another stays in one slot."""
    slots = Slots(4)
    assert {asked(slots, f"{SYSTEM}{number}") for number in range(5)} == {asked(slots, SYSTEM)}


def test_who_asks_at_once_gets_slots_of_their_own():
    """And who finds none waits until one is free, in the order of coming."""
    slots = Slots(1)
    order: list[int] = []

    def ask(number: int) -> None:
        with slots.taken(str(number), Cancellation()):
            order.append(number)

    with slots.taken("first", Cancellation()):
        threads = []
        for number in range(3):
            threads.append(threading.Thread(target=ask, args=(number,)))
            threads[-1].start()
            while slots.waiting <= number:
                pass
    for thread in threads:
        thread.join()
    assert (order, slots.waiting) == ([0, 1, 2], 0)


def test_who_waits_can_be_cancelled():
    """And leaves the queue to the others."""
    slots, cancellation = Slots(1), Cancellation()
    cancellation.cancel(Cancelled("gone"))
    with (
        slots.taken("first", Cancellation()),
        pytest.raises(Cancelled),
        slots.taken("second", cancellation),
    ):
        pytest.fail("there was no slot")
    assert slots.waiting == 0
    assert asked(slots, "third") == 0


@given(st.lists(st.text("ab", max_size=8), min_size=1, max_size=12))
def test_a_slot_is_always_found(prompts):
    """Whatever was asked before."""
    slots = Slots(3)
    assert all(0 <= asked(slots, prompt) < 3 for prompt in prompts)


def test_a_prompt_begins_as_its_conversation_did():
    """So that what was read before is found again; tools stand in front, as templates put them."""
    question = {"role": "user", "content": "Tea?"}
    first = told({"messages": [question]})
    answered = {"role": "assistant", "content": "Yes."}
    assert told({"messages": [question, answered]}) == f"{first}Yes."
    again = told({"messages": [question, answered, {"role": "user", "content": "Milk?"}]})
    assert again.startswith(f"{first}Yes.")
    assert not told({"messages": [question], "tools": ["x"]}).startswith(first)
    assert told({"prompt": "Once upon"}) == "Once upon"
