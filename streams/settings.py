"""Settings from the environment (`FUNDWATCH_*`); the defaults run on one machine."""

import os
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from rules.histories.digests import BUILT_IN

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
SECRETS: Final = "FUNDWATCH_SECRETS"
"""Names a folder with a file for each secret."""


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
    oidc_issuer: str = Field(
        default="",
        description="Issuer of an OpenID Connect provider whose users may come in; needs the public"
        " URL, to which PUBLIC_URL/oidc/back is registered",
    )
    oidc_client_id: str = Field(default="", description="The desk's name at the provider")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="The desk's secret at the provider"
    )
    oidc_role_claim: str = Field(
        default="roles", description="Claim of the ID token that says what somebody may"
    )
    oidc_roles: str = Field(
        default="",
        description="What its values mean, VALUE=ROLE with commas; the names of roles if empty",
    )
    oidc_area_claim: str = Field(
        default="", description="Claim with the areas somebody may see; all areas if empty"
    )
    kafka: str = Field(default="127.0.0.1:9092", description="Kafka servers, host:port, comma")
    kafka_protocol: Protocol = Field(
        default="PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    kafka_mechanism: Mechanism = Field(
        default="SCRAM-SHA-512", description="How SASL shows the password"
    )
    kafka_user: str = Field(default="", description="User of Kafka, with SASL")
    kafka_password: SecretStr = Field(default=SecretStr(""), description="Their password")
    kafka_ca: Path | None = Field(
        default=None, description="Certificates that sign the brokers', PEM; else the system's"
    )
    kafka_certificate: Path | None = Field(
        default=None, description="Own certificate, PEM, where brokers ask for one"
    )
    kafka_key: Path | None = Field(default=None, description="Its key, PEM")
    postgres: SecretStr = Field(
        default=SecretStr("postgresql+psycopg://fundwatch@127.0.0.1/fundwatch"),
        description="Ledger of the workers, a SQLAlchemy URL; TLS with ?sslmode=verify-full",
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
    export_cron: str = Field(
        default="",
        description="When to export what is over: minute hour day month weekday, UTC+8; or never",
    )
    export_kind: Literal["", "day", "week", "month", "quarter", "half"] = Field(
        default="", description="Which period is exported; empty: what export_cron suggests"
    )
    export_folder: Path | None = Field(
        default=None, description="Where exports go; else `exports` in the data folder"
    )
    cache_histories: int = Field(default=200_000, ge=1000, description="Histories kept in memory")
    precheck_seconds: float = Field(
        default=0.03, gt=0, le=10, description="Longest wait for the verdict before a payment"
    )
    worker_bind: str = Field(
        default="127.0.0.1", description="Address on which workers serve /metrics and /health"
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
    risk_seconds: float = Field(
        default=3600.0, ge=1, description="Time between two reckonings of fund risk for /metrics"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then files of the folder that FUNDWATCH_SECRETS names.

        A file is called like its variable in small letters, `fundwatch_postgres`: so containers
        are given secrets, and they stand in no list of variables.
        """
        folder = os.environ.get(SECRETS)
        if folder:
            file_secret_settings = SecretsSettingsSource(settings_cls, secrets_dir=folder)
        return (init_settings, env_settings, dotenv_settings, file_secret_settings)
