"""A wish for a transcript in OpenAI's shape, as it comes in a form: every field is text.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec

from edge.wire.languages import code_of
from tritone.errors import BodyInvalid, MissingInput, Unsupported
from tritone.usecases.transcription import Wishes

__all__ = ["Format", "TranscriptionBody", "TranslationBody", "read_form", "wishes"]

Granularity = Literal["word", "segment"]
Format = Literal["json", "text", "srt", "verbose_json", "vtt"]

_LISTS: Final = frozenset({"timestamp_granularities", "include", "keywords", "languages"})
_NOT_OURS: Final[Mapping[str, str]] = {
    "include": "there are no log probabilities of tokens; `verbose_json` has those of segments",
    "known_speaker_names": "speakers are not told apart",
    "known_speaker_references": "speakers are not told apart",
}
_FIELD: Final = re.compile(r"(\w+)(?:\[\d*\])?")
_PATH: Final = re.compile(r" - at `\$\.(\w+)")


class TranslationBody(msgspec.Struct, frozen=True, kw_only=True):
    """A recording to translate into English. Fields that are not listed are ignored."""

    model: Annotated[str, msgspec.Meta(description="`stt`, or an alias of it such as `whisper-1`.")]
    prompt: Annotated[
        str, msgspec.Meta(description="Words and style to expect, in the transcript's language.")
    ] = ""
    response_format: Format = "json"
    temperature: Annotated[
        float,
        msgspec.Meta(ge=0, le=1, description="0 takes the likeliest words, more leaves to chance."),
    ] = 0.0


class TranscriptionBody(TranslationBody, frozen=True, kw_only=True):
    """A recording to write down. Fields that are not listed are ignored."""

    language: Annotated[
        str, msgspec.Meta(description="ISO 639-1 code of what is spoken; else it is detected.")
    ] = ""
    languages: Annotated[
        list[str], msgspec.Meta(description="The same in a list, of one.", max_length=1)
    ] = []
    timestamp_granularities: Annotated[
        list[Granularity],
        msgspec.Meta(
            description="With `verbose_json`: segments (without this field), words, both."
        ),
    ] = []
    keywords: Annotated[
        list[str], msgspec.Meta(description="Words to expect; they join the prompt.")
    ] = []
    stream: Annotated[
        bool, msgspec.Meta(description="Events while the recording is heard, with its progress.")
    ] = False
    chunking_strategy: Annotated[
        str,
        msgspec.Meta(
            description="Taken and not looked at: long recordings are always cut in pauses."
        ),
    ] = ""

    @property
    def segments_wanted(self) -> bool:
        """Whether `verbose_json` lists segments."""
        return "word" not in self.timestamp_granularities or (
            "segment" in self.timestamp_granularities
        )

    @property
    def words_wanted(self) -> bool:
        """Whether `verbose_json` lists words."""
        return "word" in self.timestamp_granularities


def read_form(fields: Mapping[str, Sequence[str]], *, translate: bool) -> TranscriptionBody:
    """The fields of a form that are not the file. Empty ones count as left out.

    Lists may be repeated fields, with or without brackets. A translation has fewer fields.

    Raises:
        MissingInput: there is no model.
        BodyInvalid: a field has another type, or a value out of its range.
        Unsupported: what OpenAI's models can and these cannot, or what does not go together.
    """
    given = _by_name(fields)
    for name, reason in _NOT_OURS.items():
        if name in given:
            raise Unsupported(f"{reason}: leave `{name}` out", param=name)
    if given.get("response_format") == "diarized_json":
        raise Unsupported("speakers are not told apart", param="response_format")
    if "model" not in given:
        raise MissingInput("the form has no `model`: send `stt` or `whisper-1`", param="model")
    if translate:
        known = TranslationBody.__struct_fields__
        given = {name: value for name, value in given.items() if name in known}
    try:
        body = msgspec.convert(given, TranscriptionBody, strict=False)
    except msgspec.ValidationError as error:
        found = _PATH.search(str(error))
        param = found.group(1) if found else None
        reason = _PATH.sub("", str(error)).replace("`...`", "").rstrip("[]`. ")
        raise BodyInvalid(f"{param or 'the form'}: {reason}", param=param) from None
    _check(body)
    return body


def _by_name(fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for field, values in fields.items():
        match = _FIELD.fullmatch(field)
        name = match.group(1) if match else field
        kept = [value for value in values if value.strip()]
        if not kept:
            continue
        if name in _LISTS:
            given[name] = given.get(name, []) + [
                part.strip() for value in kept for part in _entries(value)
            ]
        elif len(kept) > 1:
            raise BodyInvalid(f"the form has {name} {len(kept)} times: send one", param=name)
        else:
            text = name in ("prompt", "model", "chunking_strategy")
            given[name] = kept[0] if text else kept[0].strip()
    if isinstance(given.get("stream"), str):
        given["stream"] = given["stream"].lower()
    return given


def _entries(value: str) -> list[str]:
    """What one field of a list holds: an entry, or a JSON array of them."""
    if value.lstrip().startswith("["):
        try:
            return msgspec.json.decode(value, type=list[str])
        except msgspec.MsgspecError:
            pass
    return [value]


def _check(body: TranscriptionBody) -> None:
    if body.timestamp_granularities and body.response_format != "verbose_json":
        raise Unsupported(
            "timestamp_granularities need response_format=verbose_json",
            param="timestamp_granularities",
        )
    if body.stream and body.response_format in ("srt", "vtt"):
        raise Unsupported(
            f"a stream has no {body.response_format}: take `stream` or the format away",
            param="stream",
        )


def wishes(body: TranscriptionBody, *, translate: bool) -> Wishes:
    """What the use case is asked for."""
    language = body.language or next(iter(body.languages), "")
    return Wishes(
        language=code_of(language),
        task="translate" if translate else "transcribe",
        prompt=" ".join(filter(None, (body.prompt.strip(), ", ".join(body.keywords)))),
        temperature=body.temperature,
        # Subtitles are cut between words, and words need their times.
        words=body.words_wanted or body.response_format in ("srt", "vtt"),
    )
