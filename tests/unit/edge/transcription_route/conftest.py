"""A door whose caller reads words off samples."""

import pytest

from tests.unit.edge.transcription_route.route_kit import door
from tests.unit.transcription_kit import Ear


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def client(ear: Ear):
    with door(ear) as client:
        yield client
