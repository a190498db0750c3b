"""The audit's file: whole lines, on the disk, nobody else's; a disk that fails stops nothing."""

import asyncio
import errno
import json
import os
import stat
import threading

import pytest
import structlog

from tritone.usecases.house import audit_file
from tritone.usecases.house.audit import AuditRecord
from tritone.usecases.house.audit_file import AuditFile

pytestmark = pytest.mark.unit


def record(request_id="r1", text="turn on the lamp"):
    return AuditRecord(
        time="2026-01-02T03:04:05.678Z",
        request_id=request_id,
        source="discord",
        peer="bot",
        text=text,
        path="template",
        intent="turn_on_light",
        entity_id="light.lamp",
        action="light.turn_on",
        params={"brightness_pct": "50"},
        before={"state": "off", "attributes": {}},
        after={"state": "on", "attributes": {"brightness": 128}},
        verified=True,
        error="",
    )


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_a_record_is_one_line_of_json(tmp_path):
    """Who, what, before and after can be read by any program, whatever was said."""
    path = tmp_path / "new" / "audit.jsonl"
    audit = AuditFile(path)
    await audit.write(record(text="line\none \u2028 \x85 'two'"))
    await audit.write(record("r2"))
    await audit.aclose()
    first, second = lines(path)
    assert first["text"] == "line\none \u2028 \x85 'two'"
    assert first["before"]["state"] == "off"
    assert first["after"]["attributes"] == {"brightness": 128}
    assert second["request_id"] == "r2"


async def test_the_file_is_nobody_elses_to_read(tmp_path):
    """Also one that was there before, and with a umask that allows all."""
    old = os.umask(0)
    try:
        path = tmp_path / "audit.jsonl"
        path.write_text("")
        path.chmod(0o666)
        audit = AuditFile(path)
        await audit.write(record())
        await audit.aclose()
        fresh = AuditFile(tmp_path / "fresh.jsonl")
        await fresh.write(record())
        await fresh.aclose()
    finally:
        os.umask(old)
    for each in (path, tmp_path / "fresh.jsonl"):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600


async def test_a_record_is_flushed_before_write_returns(tmp_path, monkeypatch):
    """After a power cut, what was answered as done is in the audit."""
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda file: flushed.append(os.fstat(file).st_size))
    audit = AuditFile(tmp_path / "audit.jsonl")
    await audit.write(record())
    assert (tmp_path / "audit.jsonl").stat().st_size in flushed
    await audit.aclose()


async def test_old_records_are_put_aside(tmp_path):
    """The file and the one before it are bounded; no record is in two pieces."""
    path = tmp_path / "audit.jsonl"
    audit = AuditFile(path, most_bytes=2_000)
    for number in range(30):
        await audit.write(record(f"r{number}"))
    await audit.aclose()
    aside = tmp_path / "audit.jsonl.1"
    assert path.stat().st_size <= 2_000
    assert aside.stat().st_size <= 2_000
    ids = [each["request_id"] for each in (*lines(aside), *lines(path))]
    assert ids == [f"r{number}" for number in range(30 - len(ids), 30)]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["audit.jsonl", "audit.jsonl.1"]


async def test_a_full_disk_is_told_in_the_log_and_stops_nothing(tmp_path, monkeypatch):
    """Half a line is taken back, and the next record is whole again."""
    path = tmp_path / "audit.jsonl"
    audit = AuditFile(path)
    await audit.write(record("r1"))
    whole = os.write

    def full(file, data):
        whole(file, data[:20])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken, structlog.testing.capture_logs() as logs:
        broken.setattr(os, "write", full)
        await audit.write(record("r2"))
    [told] = [each for each in logs if each["event"] == "audit record not written"]
    assert told["log_level"] == "error"
    assert told["request_id"] == "r2"
    assert "turn on the lamp" not in str(told)
    await audit.write(record("r3"))
    await audit.aclose()
    assert [each["request_id"] for each in lines(path)] == ["r1", "r3"]


async def test_what_a_crash_cut_off_spoils_no_other_record(tmp_path):
    """The next record begins on a line of its own."""
    path = tmp_path / "audit.jsonl"
    path.write_text('{"time": "2026-')
    audit = AuditFile(path)
    await audit.write(record())
    await audit.aclose()
    assert json.loads(path.read_text().splitlines()[1])["request_id"] == "r1"


async def test_a_cancelled_write_is_still_written(tmp_path, monkeypatch):
    """Whoever asked may go away while the disk is slow; the record stays."""
    path = tmp_path / "audit.jsonl"
    audit, gate = AuditFile(path), threading.Event()
    real = os.fsync

    def slow(file):
        gate.wait(30)
        real(file)

    monkeypatch.setattr(os, "fsync", slow)
    writing = [asyncio.create_task(audit.write(record(f"r{number}"))) for number in range(3)]
    await asyncio.sleep(0.01)
    for each in writing:
        each.cancel()
    for each in writing:
        with pytest.raises(asyncio.CancelledError):
            await each
    gate.set()
    await audit.aclose()
    assert [each["request_id"] for each in lines(path)] == ["r0", "r1", "r2"]


async def test_a_disk_that_does_not_answer_holds_nobody_up(tmp_path, monkeypatch):
    """The record waits for the disk, the query does not; and no more wait than fit in memory."""
    path = tmp_path / "audit.jsonl"
    audit, gate = AuditFile(path), threading.Event()
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (gate.wait(30), real(file)))
    monkeypatch.setattr(audit_file, "_WAIT_SECONDS", 0.02)
    monkeypatch.setattr(audit_file, "_MOST_WAITING", 2)
    with structlog.testing.capture_logs() as logs:
        for number in range(3):
            await audit.write(record(f"r{number}"))
    told = [each["event"] for each in logs if each["log_level"] == "error"]
    assert told == ["audit record still unwritten"] * 2 + ["audit record not written"]
    gate.set()
    await audit.aclose()
    assert [each["request_id"] for each in lines(path)] == ["r0", "r1"]
