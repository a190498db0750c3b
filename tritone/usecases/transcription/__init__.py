"""Writing down recordings of any length while they arrive: pieces of transcript, in order."""

from tritone.usecases.transcription.joining import joiner
from tritone.usecases.transcription.vocabulary import Finished, Piece, Wishes
from tritone.usecases.transcription.writing import AT_ONCE, transcribe

__all__ = ["AT_ONCE", "Finished", "Piece", "Wishes", "joiner", "transcribe"]
