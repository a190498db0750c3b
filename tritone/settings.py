"""Every setting, read from the environment in this one place.

A variable is named ``TRITONE_`` and the field's name in capitals; nested ones are joined by two
underscores: ``TRITONE_MODELS__LLM__THREADS=2`` overrides the parameter ``threads`` of the model
``llm``. `tritone doctor` prints the values in force.
"""

import functools
import os
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = [
    "BridgeSettings",
    "EdgeSettings",
    "GatewaySettings",
    "HouseSettings",
    "Lane",
    "Lanes",
    "NatsSettings",
    "RpcLanes",
    "RpcSettings",
    "Settings",
    "settings",
]

_ROOT = Path(__file__).resolve().parent.parent


class Lane(BaseModel):
    """How much work of one kind is taken on."""

    model_config = ConfigDict(frozen=True)

    running: int = Field(ge=1, description="requests that run at once on each backend")
    waiting: int = Field(ge=0, description="requests that wait for a place, over all backends")


class Lanes(BaseModel):
    """The bounds of each kind of work."""

    model_config = ConfigDict(frozen=True)

    chat: Lane = Lane(running=8, waiting=8)
    transcription: Lane = Lane(running=8, waiting=8)
    speech: Lane = Lane(running=4, waiting=8)
    embedding: Lane = Lane(running=16, waiting=64)


class EdgeSettings(BaseModel):
    """The OpenAI-compatible door: ``TRITONE_EDGE__PORT`` and so on."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = Field(default=True, description="whether `tritone up` opens the door")
    host: str = Field(default="127.0.0.1", description="address the door listens on")
    port: int = Field(default=8080, description="the door's port", ge=0, le=65535)
    keys_file: Path | None = Field(
        default=None, description="API keys, made by `tritone keys`; without one nobody needs a key"
    )
    open_to_all: bool = Field(
        default=False, description="serve without keys on an address others can reach"
    )
    cors_origins: tuple[str, ...] = Field(
        default=(), description='origins of browsers that may call, as JSON: ["https://a.example"]'
    )
    aliases: dict[str, str] = Field(
        default={
            "gpt-4o-mini": "chat",
            "whisper-1": "stt",
            "gpt-4o-transcribe": "stt",
            "gpt-4o-mini-transcribe": "stt",
            "tts-1": "tts",
            "tts-1-hd": "tts",
            "gpt-4o-mini-tts": "tts",
            "text-embedding-3-small": "embedder",
        },
        description="other names of models, as JSON: names that clients have built in",
    )
    max_body_bytes: int = Field(
        default=4 * 1024**2, gt=0, description="largest body without a recording"
    )
    max_audio_bytes: int = Field(default=1024**3, gt=0, description="largest body with a recording")
    max_audio_seconds: float = Field(
        default=4 * 3600.0, gt=0, description="longest recording transcribed"
    )
    lanes: Lanes = Lanes()
    queue_seconds: float = Field(
        default=2.0,
        ge=0,
        description="longest expected wait for a place; who would wait longer gets 429",
    )
    drain_seconds: float = Field(
        default=30.0, ge=0, description="how long running requests may finish after SIGTERM"
    )


class NatsSettings(BaseModel):
    """NATS: ``TRITONE_NATS__PORT`` and so on; ``TRITONE_NATS_URL`` names a server elsewhere."""

    model_config = ConfigDict(frozen=True)

    port: int = Field(default=4222, description="the embedded server's port", ge=1, le=65535)
    monitor_port: int = Field(
        default=8222, description="the embedded server's monitoring port", ge=1, le=65535
    )
    store: Path | None = Field(
        default=None, description="where the embedded server keeps its streams; default: in home"
    )
    monitor_url: str = Field(
        default="", description="http://host:8222 of the server's monitoring, to check its settings"
    )
    creds_file: Path | None = Field(default=None, description="credentials, as nsc makes them")
    replicas: Literal[1, 3] = Field(default=1, description="replicas of each stream")


class BridgeSettings(BaseModel):
    """The bridge between NATS and Triton: ``TRITONE_BRIDGE__ENABLED`` and so on."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = Field(default=True, description="whether `tritone up` opens it")
    metrics_port: int = Field(
        default=8003, description="port of its metrics; 0 has none", ge=0, le=65535
    )
    lanes: Lanes = Lanes()
    model: str = Field(default="chat", description="model, version or alias that answers chats")
    premium_model: str = Field(default="", description="that for premium users; empty: as model")
    max_audio_bytes: int = Field(default=4 * 1024**2, gt=0, description="largest recording")
    max_audio_seconds: float = Field(default=120.0, gt=0, description="longest recording")
    drain_seconds: float = Field(
        default=20.0, ge=0, description="how long running requests may finish after SIGTERM"
    )


class RpcLanes(BaseModel):
    """The bounds of queries, by how they are understood."""

    model_config = ConfigDict(frozen=True)

    template: Lane = Lane(running=64, waiting=64)
    # A place of the engine that has not read the prompt yet takes seconds for it on a CPU: few
    # places are warm soon, and many cold ones at once would all be late.
    model: Lane = Lane(running=4, waiting=64)


class RpcSettings(BaseModel):
    """AIService: ``TRITONE_RPC__METRICS_PORT`` and so on; ``GRPC_LISTEN_ADDR`` says where it is."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = Field(default=True, description="whether `tritone up` opens it")
    metrics_port: int = Field(
        default=8004, description="port of its metrics; 0 has none", ge=0, le=65535
    )
    tls_cert_file: Path | None = Field(
        default=None, description="the certificate it shows, PEM; without one it speaks plain text"
    )
    tls_key_file: Path | None = Field(default=None, description="the certificate's key, PEM")
    tls_client_ca_file: Path | None = Field(
        default=None, description="who must have signed a client's certificate, PEM; none: anybody"
    )
    lanes: RpcLanes = Field(default=RpcLanes(), description="the bounds of each kind of query")
    most_queries: int = Field(
        default=512, ge=1, description="queries that may be here at once, at work or waiting"
    )
    queue_seconds: float = Field(
        default=120.0,
        ge=0,
        description="longest expected wait for a place; who would wait longer is refused",
    )
    query_seconds: float = Field(
        default=180.0, gt=0, description="longest that a query may take, whatever its caller allows"
    )
    max_message_bytes: int = Field(
        default=1024**2, ge=16 * 1024, description="largest request that is read at all"
    )
    drain_seconds: float = Field(
        default=10.0, ge=0, description="how long running queries may finish after SIGTERM"
    )


class HouseSettings(BaseSettings):
    """The home: ``TRITONE_HOUSE__URL`` and so on; a gateway's variables are ``HA_GATEWAY_ADDR`` ...

    With a gateway's address the gateway is used, else Home Assistant itself.
    """

    model_config = SettingsConfigDict(
        env_prefix="TRITONE_HOUSE__", frozen=True, extra="ignore", populate_by_name=True
    )

    url: str = Field(default="", description="Home Assistant itself: http://host:8123")
    token: SecretStr = Field(
        default=SecretStr(""), description="a long-lived access token of Home Assistant"
    )
    token_file: Path | None = Field(default=None, description="a file that holds the token")
    verify_seconds: float = Field(
        default=5.0, gt=0, description="how long a state may take to become what was asked for"
    )
    audit_file: Path | None = Field(
        default=None, description="where actions are recorded; default: audit.jsonl in home"
    )
    gateway_addr: str = Field(
        default="", validation_alias="HA_GATEWAY_ADDR", description="ha-gateway, host:port"
    )
    gateway_ca_file: Path | None = Field(
        default=None,
        validation_alias="HA_GATEWAY_TLS_CA_FILE",
        description="certificates that the gateway's must come from, PEM",
    )
    gateway_cert_file: Path | None = Field(
        default=None,
        validation_alias="HA_GATEWAY_TLS_CERT_FILE",
        description="our certificate for the gateway, PEM",
    )
    gateway_key_file: Path | None = Field(
        default=None,
        validation_alias="HA_GATEWAY_TLS_KEY_FILE",
        description="the key of our certificate, PEM",
    )
    gateway_server_name: str = Field(
        default="",
        validation_alias=AliasChoices("HA_GATEWAY_SERVER_NAME", "HA_GATEWAY_TLS_SERVER_NAME"),
        description="the name in the gateway's certificate, where it is not the host's",
    )


class GatewaySettings(BaseModel):
    """The reference ha-gateway: ``TRITONE_GATEWAY__LISTEN`` and so on."""

    model_config = ConfigDict(frozen=True)

    listen: str = Field(default="127.0.0.1:50053", description="host:port it listens on")
    ca_file: Path | None = Field(
        default=None, description="certificates that its clients' must come from, PEM"
    )
    cert_file: Path | None = Field(default=None, description="its certificate, PEM")
    key_file: Path | None = Field(default=None, description="the key of its certificate, PEM")
    drain_seconds: float = Field(
        default=10.0, ge=0, description="how long running calls may finish after SIGTERM"
    )


class Settings(BaseSettings):
    """The settings of one process; immutable."""

    model_config = SettingsConfigDict(
        env_prefix="TRITONE_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        nested_model_default_partial_update=True,
    )

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("tritone")),
        description="where weights are kept",
    )
    weights_path: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="folders looked through first for weights, joined by ':'"
    )
    weights_set: Literal["default", "light"] = Field(
        default="default", description="which set of weights the models load"
    )
    offline: bool = Field(default=False, description="never reach for the network")

    triton_url: str = Field(
        default="", description="host:port of a running Triton's gRPC; empty starts one"
    )
    host: str = Field(default="127.0.0.1", description="address the servers listen on")
    http_port: int = Field(default=8000, description="Triton's HTTP port", ge=1, le=65535)
    grpc_port: int = Field(default=8001, description="Triton's gRPC port", ge=1, le=65535)
    metrics_port: int = Field(default=8002, description="Triton's metrics port", ge=1, le=65535)
    repositories: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(_ROOT / "model_repository", _ROOT / "ensembles"),
        description="model repositories, joined by ':'",
    )
    backends: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Tritons that doors call, joined by ',': host:grpc_port or "
        "host:grpc_port/metrics_port; empty means the one of triton_url or grpc_port",
    )
    edge: EdgeSettings = EdgeSettings()
    nats_url: str = Field(
        default="", description="nats://host:4222 of a running server; empty starts one"
    )
    nats: NatsSettings = NatsSettings()
    bridge: BridgeSettings = BridgeSettings()
    grpc_listen_addr: str = Field(
        default=":50052",
        validation_alias=AliasChoices("GRPC_LISTEN_ADDR", "grpc_listen_addr"),
        description="where AIService listens, host:port; without a host on every address",
    )
    rpc: RpcSettings = RpcSettings()
    house: HouseSettings = Field(default_factory=HouseSettings)
    gateway: GatewaySettings = GatewaySettings()
    models: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="overrides of config.pbtxt parameters, by model"
    )

    idle_timeout: float = Field(
        default=30.0, gt=0, description="seconds a client waits for the next response of a stream"
    )
    otlp_endpoint: str = Field(
        default="",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="where traces go, OTLP over HTTP: http://collector:4318; empty sends none",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        validation_alias=AliasChoices("TRITONE_LOG_LEVEL", "log_level"),
        description="debug, info, warning or error; LOG_LEVEL counts where this is not set",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        validation_alias=AliasChoices("TRITONE_LOG_FORMAT", "log_format"),
        description="text or json; LOG_FORMAT counts where this is not set",
    )

    @field_validator("weights_path", "repositories", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part).expanduser() for part in value.split(os.pathsep) if part)
        return value

    @field_validator("backends", mode="before")
    @classmethod
    def _split_backends(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _word(cls, value: object) -> object:
        """As other programs write it: in capitals, and `warn`."""
        if not isinstance(value, str):
            return value
        word = value.strip().lower()
        return "warning" if word == "warn" else word

    @property
    def grpc_url(self) -> str:
        """host:port of the Triton that clients talk to."""
        return self.triton_url or f"{self.host}:{self.grpc_port}"

    @property
    def nats_address(self) -> str:
        """URL of the NATS server that everybody talks to."""
        # The embedded one asks nobody who he is, and so listens on this machine alone.
        return self.nats_url or f"nats://127.0.0.1:{self.nats.port}"


@functools.cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
