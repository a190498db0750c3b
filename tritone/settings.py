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
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["Settings", "settings"]

_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings of one process; immutable."""

    model_config = SettingsConfigDict(
        env_prefix="TRITONE_", env_nested_delimiter="__", frozen=True, extra="ignore"
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
    models: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="overrides of config.pbtxt parameters, by model"
    )

    idle_timeout: float = Field(
        default=30.0, gt=0, description="seconds a client waits for the next response of a stream"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"

    @field_validator("weights_path", "repositories", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part).expanduser() for part in value.split(os.pathsep) if part)
        return value

    @property
    def grpc_url(self) -> str:
        """host:port of the Triton that clients talk to."""
        return self.triton_url or f"{self.host}:{self.grpc_port}"


@functools.cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
