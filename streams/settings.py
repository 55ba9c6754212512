"""Settings from the environment (`FUNDWATCH_*`); the defaults run on one machine."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from rules.histories.digests import BUILT_IN


class Settings(BaseSettings):
    """What an operator may set. Secrets are never shown."""

    model_config = SettingsConfigDict(env_prefix="FUNDWATCH_", extra="ignore", frozen=True)

    reference: Path | None = Field(default=None, description="Folder of reference CSV files")
    models: Path | None = Field(default=None, description="Folder of models; none: rules only")
    pseudonym_key: SecretStr = Field(
        default=SecretStr(BUILT_IN.decode()),
        min_length=1,
        max_length=64,
        description="Key of the pseudonyms of persons; the same for every process",
    )
    listen: str = Field(default="127.0.0.1:8350", description="Address of page, API and metrics")
    public_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^/\s]+$",
        description="Where browsers find the desk, if not where it listens; https:// makes its"
        " cookies travel over HTTPS only",
    )
    kafka: str = Field(default="127.0.0.1:9092", description="Kafka servers, host:port, comma")
    postgres: SecretStr = Field(
        default=SecretStr("postgresql+psycopg://fundwatch@127.0.0.1/fundwatch"),
        description="Ledger of the workers, a SQLAlchemy URL",
    )
    topic_prefix: str = Field(default="fundwatch", description="First part of every topic's name")
    partitions: int = Field(default=8, ge=1, le=512, description="Partitions of topics made")
    replication: int = Field(default=1, ge=1, le=9, description="Replication factor of topics made")
    batch_events: int = Field(default=2000, ge=1, le=100_000, description="Most events in a batch")
    batch_seconds: float = Field(default=0.25, gt=0, le=60, description="Longest wait for a batch")
    archive_seconds: float = Field(
        default=5.0, gt=0, le=60, description="Longest wait of a worker to fill an archive block"
    )
    signing_key: SecretStr = Field(
        default=SecretStr(""),
        description="Ed25519 key that signs exports, PEM file or text; else one in the data folder",
    )
    cache_histories: int = Field(default=200_000, ge=1000, description="Histories kept in memory")
    precheck_seconds: float = Field(
        default=0.03, gt=0, le=10, description="Longest wait for the verdict before a payment"
    )
    session_seconds: float = Field(
        default=10.0, ge=6, le=300, description="Until a silent worker's partitions are others'"
    )
    stall_seconds: float = Field(
        default=120.0,
        gt=0,
        description="Until /health calls a partition that does not move stalled",
    )
    figures_seconds: float = Field(
        default=15.0, ge=1, description="Least time between two readings of the ledger for /metrics"
    )
