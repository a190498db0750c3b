"""Text embeddings: what an engine promises, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tritone.contract import EmbedRequest, EmbedResponse
from tritone.errors import TritoneError

__all__ = ["Embedder", "TokenEncoder", "TokenVectors"]

TokenVectors = npt.NDArray[np.float32]
"""FP32 ``[tokens, width]``: a unit vector for each token of a text."""


class Embedder(ABC):
    """Turns texts into unit vectors whose dot product says how alike they are in meaning."""

    @abstractmethod
    def embed(self, batch: Sequence[EmbedRequest]) -> list[EmbedResponse | TritoneError]:
        """One result for each request, in order; a bad request never spoils the others."""


class TokenEncoder(ABC):
    """Turns texts into a vector for each token, as late interaction needs them."""

    @abstractmethod
    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The token vectors of each text, in order; none (0 rows) where a text has no tokens."""
