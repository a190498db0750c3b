"""The door's own TLS: who is let in, under which name, and certificates that are replaced."""

import asyncio
import contextlib
import ssl
from pathlib import Path

import grpc
import pytest
import trustme

from bridge.calls.credentials import server_credentials
from bridge.rpc.tls import inbound, opened_credentials
from tests.rpc.rpc_kit import KITCHEN, opened, refused, until
from tritone.errors import SetupError
from tritone.protos.ai.v1 import ai_pb2, ai_pb2_grpc
from tritone.settings import RpcSettings

pytestmark = pytest.mark.unit


def written(folder: Path, authority: trustme.CA) -> RpcSettings:
    """Settings with files of a server, whose clients this authority has to know."""
    server = authority.issue_cert("localhost")
    (folder / "cert.pem").write_bytes(b"".join(pem.bytes() for pem in server.cert_chain_pems))
    (folder / "key.pem").write_bytes(server.private_key_pem.bytes())
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return RpcSettings(
        tls_cert_file=folder / "cert.pem",
        tls_key_file=folder / "key.pem",
        tls_client_ca_file=folder / "ca.pem",
    )


async def asked(port: int, authority: trustme.CA, client: trustme.LeafCert | None = None) -> str:
    """A query's reply, by a client that believes an authority and may show a certificate."""
    shown = {}
    if client is not None:
        chain = b"".join(pem.bytes() for pem in client.cert_chain_pems)
        shown = {"private_key": client.private_key_pem.bytes(), "certificate_chain": chain}
    credentials = grpc.ssl_channel_credentials(authority.cert_pem.bytes(), **shown)
    alone = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.secure_channel(f"localhost:{port}", credentials, options=alone) as channel:
        stub = ai_pb2_grpc.AIServiceStub(channel)
        answer = await stub.Query(ai_pb2.QueryRequest(text=KITCHEN, source="t"), timeout=20)
        return str(answer.reply)


@contextlib.asynccontextmanager
async def secured(settings: RpcSettings):
    """A door with TLS."""
    async with (
        opened_credentials(settings, lambda *_: None) as credentials,
        opened(credentials=credentials) as door,
    ):
        yield door


async def test_tls_without_client_certificates(tmp_path: Path):
    """Anybody who believes the server's certificate is answered; plain text is not."""
    authority = trustme.CA()
    settings = written(tmp_path, authority).model_copy(update={"tls_client_ca_file": None})
    async with secured(settings) as door:
        assert await asked(door.door.port, authority)
        error = await refused(door.query(KITCHEN, timeout=20))
    assert error.code() is grpc.StatusCode.UNAVAILABLE


async def test_tls_is_1_3_or_none(tmp_path: Path):
    """A client that speaks no more than TLS 1.2 is refused; with 1.3 the same one gets through."""
    async with secured(written(tmp_path, trustme.CA())) as door:
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
        context.set_alpn_protocols(["h2"])

        async def version() -> str:
            _, writer = await asyncio.open_connection(
                "127.0.0.1", door.door.port, ssl=context, server_hostname="localhost"
            )
            writer.close()
            return str(writer.get_extra_info("ssl_object").version())

        assert await version() == "TLSv1.3"
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await version()


async def test_with_mutual_tls_only_known_clients_are_let_in(tmp_path: Path):
    """One with a certificate is, under its name; one without, or of a stranger's, is not."""
    authority, stranger = trustme.CA(), trustme.CA()
    async with secured(written(tmp_path, authority)) as door:
        client = authority.issue_cert("bot.example", common_name="discord bot")
        assert await asked(door.door.port, authority, client)
        for other in (None, stranger.issue_cert("bot.example")):
            error = await refused(asked(door.door.port, authority, other))
            assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert [record.peer for record in door.audit] == ["discord bot"]


async def test_replaced_certificates_are_used_without_a_restart(tmp_path: Path):
    """New connections meet the new certificate and the new authority of clients."""
    old, new = trustme.CA(), trustme.CA()
    files = inbound(written(tmp_path, old))
    events: list[str] = []
    async with (
        server_credentials(
            files, mutual=True, on_event=lambda text, _: events.append(text), every=0.05
        ) as credentials,
        opened(credentials=credentials) as door,
    ):
        port = door.door.port
        assert await asked(port, old, old.issue_cert("bot.example"))
        (tmp_path / "key.pem").write_text("half of it")
        await until(lambda: any("TRITONE_RPC__TLS_KEY_FILE" in text for text in events))
        assert await asked(port, old, old.issue_cert("bot.example"))
        written(tmp_path, new)
        await until(lambda: "new certificates are in use" in events)
        assert await asked(port, new, new.issue_cert("bot.example"))
        await refused(asked(port, old, old.issue_cert("bot.example")))


@pytest.mark.parametrize("missing", ["tls_cert_file", "tls_key_file"])
def test_a_file_that_is_missing_is_told_by_its_variable(tmp_path: Path, missing: str):
    """A certificate needs its key, and the other way round."""
    settings = written(tmp_path, trustme.CA()).model_copy(update={missing: None})
    with pytest.raises(SetupError, match=f"TRITONE_RPC__{missing.upper()}"):
        inbound(settings)


async def test_files_that_do_not_fit_are_told_before_anything_listens(tmp_path: Path):
    """A key of another certificate."""
    settings = written(tmp_path, trustme.CA())
    (tmp_path / "key.pem").write_bytes(trustme.CA().issue_cert("x").private_key_pem.bytes())
    with pytest.raises(SetupError, match="is not the key of"):
        async with opened_credentials(settings, lambda *_: None):
            pass


def test_without_files_it_speaks_plain_text():
    """Nothing is read."""
    assert inbound(RpcSettings()) is None
