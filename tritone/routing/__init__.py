"""Calls over several Tritons: which of them takes a call, and what happens when one is gone."""

from tritone.routing.address import Address
from tritone.routing.backend import BackendState
from tritone.routing.cards import ModelCard, State
from tritone.routing.catalog import Catalog
from tritone.routing.pace import Pace
from tritone.routing.pool import Pool
from tritone.routing.seen import READY, Seen, SeenModel

__all__ = [
    "READY",
    "Address",
    "BackendState",
    "Catalog",
    "ModelCard",
    "Pace",
    "Pool",
    "Seen",
    "SeenModel",
    "State",
]
