"""How clients of Kafka show who they are and check that it is Kafka: TLS, SASL with a password."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from pydantic import SecretStr

from streams.settings import Mechanism, Protocol, Settings

if TYPE_CHECKING:
    from faust import SASLCredentials, SSLCredentials


class SecurityError(ValueError):
    """Settings of Kafka's security that do not fit together; says which and what to do."""


class Security(Struct, frozen=True):
    """The settings, as `FUNDWATCH_KAFKA_*` give them.

    `ca` are the certificates that may have signed the brokers' (PEM; none: those of the system),
    `certificate` and `key` this worker's own, where brokers ask for one.
    """

    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    user: str = ""
    password: SecretStr = SecretStr("")
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def clients(self) -> Mapping[str, Any]:
        """The arguments of aiokafka's clients. Raises SecurityError."""
        self.check()
        told: dict[str, Any] = {"security_protocol": self.protocol}
        if self._encrypted:
            told["ssl_context"] = self._context()
        if self._named:
            told["sasl_mechanism"] = self.mechanism
            told["sasl_plain_username"] = self.user
            told["sasl_plain_password"] = self.password.get_secret_value()
        return told

    @property
    def faust(self) -> "SASLCredentials | SSLCredentials | None":
        """The same for Faust; None for plain text. Raises SecurityError."""
        from faust import SASLCredentials, SSLCredentials

        self.check()
        context = self._context() if self._encrypted else None
        if self._named:
            return SASLCredentials(
                username=self.user,
                password=self.password.get_secret_value(),
                ssl_context=context,
                mechanism=self.mechanism,
            )
        return None if context is None else SSLCredentials(context)

    def check(self) -> None:
        """Raises SecurityError where settings are missing, or set and of no use."""
        if self._named and not (self.user and self.password.get_secret_value()):
            raise SecurityError(
                f"found FUNDWATCH_KAFKA_PROTOCOL={self.protocol} without a user or a password,"
                " expected FUNDWATCH_KAFKA_USER and FUNDWATCH_KAFKA_PASSWORD"
            )
        if self.user and not self._named:
            raise SecurityError(
                f"found a user of Kafka with FUNDWATCH_KAFKA_PROTOCOL={self.protocol}, which sends"
                " none; expected SASL_SSL (or SASL_PLAINTEXT within a machine)"
            )
        if (self.ca or self.certificate or self.key) and not self._encrypted:
            raise SecurityError(
                f"found certificates with FUNDWATCH_KAFKA_PROTOCOL={self.protocol}, which uses"
                " none; expected SSL or SASL_SSL"
            )
        if self.key is not None and self.certificate is None:
            raise SecurityError(
                "found FUNDWATCH_KAFKA_KEY alone, expected FUNDWATCH_KAFKA_CERTIFICATE with it"
            )

    @property
    def _named(self) -> bool:
        return self.protocol.startswith("SASL")

    @property
    def _encrypted(self) -> bool:
        return self.protocol.endswith("SSL")

    def _context(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca)
            if self.certificate is not None:
                context.load_cert_chain(self.certificate, self.key)
        except OSError as error:
            named = [str(path) for path in (self.ca, self.certificate, self.key) if path]
            raise SecurityError(
                f"found {type(error).__name__} in one of {', '.join(named)}: {error.strerror or ''}"
                " expected certificates and a key in PEM"
            ) from error
        return context


def security_of(settings: Settings) -> Security:
    """The security that the settings describe."""
    return Security(
        settings.kafka_protocol,
        settings.kafka_mechanism,
        settings.kafka_user,
        settings.kafka_password,
        settings.kafka_ca,
        settings.kafka_certificate,
        settings.kafka_key,
    )


PLAIN: Final = Security()
"""Plain text, for brokers on this machine."""
