"""Languages as OpenAI's API writes them: codes in requests, English names in answers.

Names: https://github.com/openai/whisper/blob/main/whisper/tokenizer.py. Codes are ISO 639-1, two
of them 639-3, and Whisper's own `jw` for Javanese.
"""

from typing import Final

__all__ = ["code_of", "name_of"]

_LIST: Final = """
af:afrikaans am:amharic ar:arabic as:assamese az:azerbaijani ba:bashkir be:belarusian bg:bulgarian
bn:bengali bo:tibetan br:breton bs:bosnian ca:catalan cs:czech cy:welsh da:danish de:german
el:greek en:english es:spanish et:estonian eu:basque fa:persian fi:finnish fo:faroese fr:french
gl:galician gu:gujarati ha:hausa haw:hawaiian he:hebrew hi:hindi hr:croatian ht:haitian_creole
hu:hungarian hy:armenian id:indonesian is:icelandic it:italian ja:japanese jw:javanese ka:georgian
kk:kazakh km:khmer kn:kannada ko:korean la:latin lb:luxembourgish ln:lingala lo:lao lt:lithuanian
lv:latvian mg:malagasy mi:maori mk:macedonian ml:malayalam mn:mongolian mr:marathi ms:malay
mt:maltese my:myanmar ne:nepali nl:dutch nn:nynorsk no:norwegian oc:occitan pa:punjabi pl:polish
ps:pashto pt:portuguese ro:romanian ru:russian sa:sanskrit sd:sindhi si:sinhala sk:slovak
sl:slovenian sn:shona so:somali sq:albanian sr:serbian su:sundanese sv:swedish sw:swahili ta:tamil
te:telugu tg:tajik th:thai tk:turkmen tl:tagalog tr:turkish tt:tatar uk:ukrainian ur:urdu uz:uzbek
vi:vietnamese yi:yiddish yo:yoruba yue:cantonese zh:chinese
"""
_NAMES: Final[dict[str, str]] = dict(pair.split(":") for pair in _LIST.split())
_CODES: Final = {name: code for code, name in _NAMES.items()}


def name_of(code: str) -> str:
    """The English name of a language, in lower case; the code itself where there is none."""
    return _NAMES.get(code, code).replace("_", " ")


def code_of(language: str) -> str:
    """The code of a language that may be given as ``en``, ``en-GB`` or ``English``."""
    plain = language.strip().lower()
    return _CODES.get(plain.replace(" ", "_")) or plain.replace("_", "-").partition("-")[0]
