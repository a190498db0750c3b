"""Recordings of every kind become mono samples at 16 kHz."""

import io
import socket
import struct

import numpy as np
import pytest

from tests.unit import media_kit as kit
from tritone.errors import AudioEmpty, AudioUndecodable, Internal
from tritone.media import source as source_module
from tritone.media.decode import Recording
from tritone.media.wav import wav_header

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", kit.KINDS)
def test_every_kind_is_heard(kind):
    """The tone comes out as long, as high and as loud as it went in, at 16 kHz."""
    samples = kit.heard(kit.recording(kind))
    assert samples.dtype == np.float32
    assert len(samples) / 16_000 == pytest.approx(kit.SECONDS, abs=0.1)
    assert kit.pitch(samples) == pytest.approx(kit.TONE, abs=2)
    # The codecs of films leave out the bass channel's 440 Hz, one of six or eight.
    assert kit.loudness(samples) == pytest.approx(
        0.5 / np.sqrt(2), rel=0.2 if kind.startswith("mp4") else 0.06
    )


def test_chunks_are_of_the_length_asked_for():
    """All but the last; together they are the same samples whatever the length."""
    file = kit.recording("flac")
    with Recording(io.BytesIO(file)) as opened:
        chunks = list(opened.chunks(0.3))
    assert [len(chunk) for chunk in chunks] == [4800] * 6 + [3200]
    assert np.array_equal(np.concatenate(chunks), kit.heard(file))


def test_what_the_container_says_of_itself():
    """Its kind and its length, where it knows them."""
    with Recording(io.BytesIO(kit.recording("m4a"))) as opened:
        assert opened.container == "mp4"
        assert opened.duration == pytest.approx(kit.SECONDS, abs=0.1)
    with Recording(io.BytesIO(kit.recording("webm"))) as opened:
        assert opened.container == "matroska"


@pytest.mark.parametrize("samples", [None, 1_000_000])
def test_a_wav_header_is_not_believed_more_than_the_file(samples):
    """A header written ahead of its samples claims hours; the file's size says otherwise."""
    file = wav_header(16_000, samples) + bytes(32_000)
    with Recording(io.BytesIO(file)) as opened:
        assert opened.duration == pytest.approx(1.0, abs=0.01)
        assert sum(map(len, opened.chunks())) == 16_000


def test_channels_are_averaged():
    """What only one of two channels holds is half as loud."""
    both = np.stack([kit.tone(1, 16_000), np.zeros(16_000, np.float32)])
    samples = kit.heard(kit.encoded(both, "wav", "pcm_s16le", 16_000, "stereo"))
    assert np.abs(samples).max() == pytest.approx(0.25, abs=0.001)


def test_the_file_is_read_from_its_start_and_left_open():
    """Wherever it was read to before."""
    file = io.BytesIO(kit.recording("mp3"))
    file.seek(999)
    with Recording(file) as opened:
        assert sum(map(len, opened.chunks())) > 16_000
    assert not file.closed


def test_another_rate_may_be_asked_for():
    """For whoever does not listen at 16 kHz."""
    with Recording(io.BytesIO(kit.recording("wav")), rate=8_000) as opened:
        samples = np.concatenate(list(opened.chunks()))
    assert len(samples) == pytest.approx(8_000 * kit.SECONDS, abs=2)
    assert kit.pitch(samples, 8_000) == pytest.approx(kit.TONE, abs=2)


def test_little_is_read_before_it_is_asked_for():
    """The first second of a long recording takes a part of the file, so that a limit can bite."""
    file = io.BytesIO(wav_header(16_000, 16_000 * 600) + bytes(2 * 16_000 * 600))
    with Recording(file) as opened:
        next(opened.chunks(1.0))
        assert file.tell() < 500_000


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{url}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n{url}\n",
        "ffconcat version 1.0\nfile '{url}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "a=control:{url}\nm=audio {port} RTP/AVP 0\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT3S"><Period><AdaptationSet mimeType="audio/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>{url}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>",
    ],
    ids=["hls", "m3u", "concat", "sdp", "dash"],
)
def test_a_list_of_other_places_is_refused(text):
    """An upload that names an address is no recording, and nobody calls at the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        file = text.format(url=f"http://127.0.0.1:{port}/a.ts", port=port).encode()
        with pytest.raises(AudioUndecodable, match="send wav"):
            Recording(io.BytesIO(file))
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_list_of_files_is_refused(tmp_path):
    """Nor is a file of ours read because an upload names it."""
    secret = tmp_path / "secret.wav"
    secret.write_bytes(kit.recording("wav"))
    file = f"ffconcat version 1.0\nfile '{secret}'\n".encode()
    with pytest.raises(AudioUndecodable):
        Recording(io.BytesIO(file))


def test_no_bytes_and_no_samples_are_empty():
    """An empty file, and a header without samples."""
    with pytest.raises(AudioEmpty, match="file is empty"):
        Recording(io.BytesIO(b""))
    with Recording(io.BytesIO(wav_header(16_000, 0))) as opened, pytest.raises(AudioEmpty):
        list(opened.chunks())


@pytest.mark.parametrize("rate", [1, 3_999, 400_000, 2**31 - 1])
def test_absurd_rates_are_refused(rate):
    """A second of one sample would be hours of audio to the listener."""
    with pytest.raises(AudioUndecodable):
        kit.heard(wav_header(rate, 1000) + bytes(2000))


def test_absurdly_many_channels_are_refused():
    """There are no recordings of 65,535 channels."""
    header = bytearray(wav_header(16_000, 131_070))
    header[22:24] = struct.pack("<H", 65_535)
    header[32:34] = struct.pack("<H", 0xFFFE)
    with pytest.raises(AudioUndecodable):
        kit.heard(bytes(header) + bytes(262_140))


def test_no_number_becomes_silence_and_too_loud_is_cut_off():
    """Floating point files may hold anything; models must not."""
    values = np.zeros((1, 16_000), np.float32)
    values[0, :4] = np.nan, np.inf, -np.inf, 1e38
    values[0, 8_000:] = 3.0
    samples = kit.heard(kit.encoded(values, "wav", "pcm_f32le", 16_000, "mono"))
    assert samples[:4].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert samples.max() == 1.0


def test_chained_streams_may_change_their_rate():
    """Two Ogg files one behind the other are heard one after the other."""
    first = kit.encoded(kit.tone(1, 48_000)[None], "ogg", "flac", 48_000, "mono")
    second = kit.encoded(kit.tone(1, 16_000, 880)[None], "ogg", "flac", 16_000, "mono")
    samples = kit.heard(first + second)
    assert len(samples) == pytest.approx(32_000, abs=10)
    assert kit.pitch(samples[:16_000]) == pytest.approx(kit.TONE, abs=3)
    assert kit.pitch(samples[16_000:]) == pytest.approx(880, abs=3)


def test_a_parser_that_reads_and_reads_is_stopped(monkeypatch):
    """Nothing heard within the bytes of one step means that there is nothing to be heard."""
    monkeypatch.setattr(source_module, "STEP_BYTES", 10_000)
    with pytest.raises(AudioUndecodable, match="nothing came of reading"):
        Recording(io.BytesIO(kit.recording("mp4")[:20] + bytes(100_000)))


def test_a_parser_that_takes_too_long_is_stopped(monkeypatch):
    """So it is by the clock."""
    monkeypatch.setattr(source_module, "STEP_SECONDS", -1.0)
    with pytest.raises(AudioUndecodable, match="nothing came of reading"):
        Recording(io.BytesIO(kit.recording("mp4")))


def test_a_file_that_fails_is_not_the_callers_fault():
    """A disk that cannot be read is ours."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 50_000:
                raise OSError("disk")
            return super().read(size)

    with Recording(Failing(kit.recording("wav"))) as opened, pytest.raises(Internal):
        list(opened.chunks())


def test_a_closed_recording_ends():
    """Nothing more is decoded; who still reads finds the end."""
    opened = Recording(io.BytesIO(kit.recording("wav")))
    chunks = opened.chunks(0.1)
    next(chunks)
    opened.close()
    opened.close()
    assert len(list(chunks)) <= 1
