"""Forms of transcriptions, and the names of languages."""

import pytest

from edge.wire.languages import code_of, name_of
from edge.wire.transcription import read_form, wishes
from tritone.errors import BodyInvalid, MissingInput, TritoneError, Unsupported

pytestmark = pytest.mark.unit

MODEL = {"model": ["whisper-1"]}


def read(translate=False, **fields):
    """A form of single fields and lists."""
    lists = {name: each if isinstance(each, list) else [each] for name, each in fields.items()}
    return read_form(MODEL | lists, translate=translate)


def test_a_model_is_enough():
    """Everything else has OpenAI's default."""
    body = read()
    assert (body.model, body.response_format, body.temperature) == ("whisper-1", "json", 0.0)
    assert (body.stream, body.language, body.prompt) == (False, "", "")
    assert body.segments_wanted
    assert not body.words_wanted


@pytest.mark.parametrize("text", ["true", "True", "1"])
def test_what_comes_as_text_is_read_as_what_it_means(text):
    """A form knows nothing but text."""
    body = read(stream=text, temperature=" 0.2 ", chunking_strategy='{"type": "server_vad"}')
    assert body.stream
    assert body.temperature == 0.2


@pytest.mark.parametrize(
    "fields",
    [
        {"timestamp_granularities[]": ["word", "segment"]},
        {"timestamp_granularities": ["word", "segment"]},
        {"timestamp_granularities[0]": ["word"], "timestamp_granularities[1]": ["segment"]},
        {"timestamp_granularities[]": ["word"], "timestamp_granularities": ["segment"]},
        {"timestamp_granularities[]": ['["word", "segment"]']},
    ],
)
def test_lists_come_in_every_way_that_clients_have(fields):
    """Repeated, with brackets, numbered, or as JSON."""
    body = read_form({**MODEL, "response_format": ["verbose_json"], **fields}, translate=False)
    assert sorted(body.timestamp_granularities) == ["segment", "word"]
    assert body.words_wanted
    assert body.segments_wanted


def test_words_alone_leave_segments_out():
    """As OpenAI does."""
    body = read(response_format="verbose_json", timestamp_granularities="word")
    assert (body.words_wanted, body.segments_wanted) == (True, False)


@pytest.mark.parametrize(
    ("fields", "kind", "param"),
    [
        ({"temperature": "warm"}, BodyInvalid, "temperature"),
        ({"temperature": "1.5"}, BodyInvalid, "temperature"),
        ({"temperature": "nan"}, BodyInvalid, "temperature"),
        ({"temperature": ["0", "1"]}, BodyInvalid, "temperature"),
        ({"response_format": "xml"}, BodyInvalid, "response_format"),
        ({"response_format": "diarized_json"}, Unsupported, "response_format"),
        ({"stream": "perhaps"}, BodyInvalid, "stream"),
        ({"stream": "true", "response_format": "srt"}, Unsupported, "stream"),
        ({"timestamp_granularities[]": "word"}, Unsupported, "timestamp_granularities"),
        (
            {"response_format": "verbose_json", "timestamp_granularities[]": "line"},
            BodyInvalid,
            "timestamp_granularities",
        ),
        ({"include[]": "logprobs"}, Unsupported, "include"),
        ({"known_speaker_names[]": "Ann"}, Unsupported, "known_speaker_names"),
        ({"languages[]": ["de", "fr"]}, BodyInvalid, "languages"),
        ({"model": ""}, MissingInput, "model"),
    ],
)
def test_what_is_wrong_is_named(fields, kind, param):
    """The field, and nothing of how it was read."""
    with pytest.raises(TritoneError) as caught:
        read(**fields)
    assert type(caught.value) is kind
    assert caught.value.param == param
    assert "$" not in caught.value.message


def test_empty_fields_count_as_left_out():
    """Forms in browsers send all of theirs."""
    body = read(language="", prompt=" ", temperature="", **{"timestamp_granularities[]": ""})
    assert body == read()


def test_a_translation_has_fewer_wishes():
    """What it has not is ignored, as every field that nobody knows."""
    body = read(translate=True, language="de", stream="true", nobody="knows")
    assert (body.language, body.stream) == ("", False)
    assert wishes(body, translate=True).task == "translate"


def test_wishes_are_what_the_use_case_understands():
    """Names of languages become codes, keywords join the prompt, subtitles need words."""
    wish = wishes(
        read(
            language="English",
            prompt="Dear kettle, ",
            keywords=["Tritone", "edge"],
            response_format="srt",
        ),
        translate=False,
    )
    assert (wish.language, wish.prompt, wish.words) == ("en", "Dear kettle, Tritone, edge", True)
    assert wishes(read(languages=["pt-BR"]), translate=False).language == "pt"


@pytest.mark.parametrize(
    ("given", "code"),
    [("en", "en"), ("EN-us", "en"), ("zh_CN", "zh"), ("Haitian Creole", "ht"), ("xx", "xx")],
)
def test_languages_may_be_given_by_code_region_or_name(given, code):
    """What nobody knows stays, to be refused by who knows all of them."""
    assert code_of(given) == code


def test_every_language_of_the_recogniser_has_a_name():
    """Whisper's hundred."""
    codes = pytest.importorskip("faster_whisper.tokenizer")._LANGUAGE_CODES
    names = [name_of(code) for code in codes]
    assert len(set(names)) == len(codes)
    assert set(names).isdisjoint(codes)
    assert name_of("en") == "english"
    assert [code_of(name) for name in names] == list(codes)
