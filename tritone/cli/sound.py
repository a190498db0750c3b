"""`sounddevice`, or why there is none."""

from typing import Any

from tritone.errors import SetupError

__all__ = ["sounddevice"]


def sounddevice() -> Any:
    """The library that reaches microphone and loudspeaker.

    Raises:
        SetupError: it, or the PortAudio that it needs, is not installed.
    """
    try:
        import sounddevice as library
    except ImportError:
        raise SetupError("sound needs `sounddevice`: pip install 'tritone[mic]'") from None
    except OSError:
        raise SetupError(
            "sound needs PortAudio: install it with `apt install libportaudio2` or the like"
        ) from None
    return library
