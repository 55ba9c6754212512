"""What settings of Kafka's security become, and which of them make no sense."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from streams.settings import SECRETS, Settings
from streams.worker.security import PLAIN, Security, SecurityError, security_of
from tests.services import certificates

PASSWORD = SecretStr("a word nobody may read")


def test_plain_text_needs_nothing() -> None:
    assert PLAIN.clients == {"security_protocol": "PLAINTEXT"}
    assert PLAIN.faust is None


def test_a_password_goes_to_clients_and_nowhere_else(tmp_path: Path) -> None:
    made = certificates.make(tmp_path)
    security = Security("SASL_SSL", "SCRAM-SHA-256", "us", PASSWORD, made.authority)
    told = security.clients

    assert told["sasl_plain_password"] == PASSWORD.get_secret_value()
    assert told["sasl_mechanism"] == "SCRAM-SHA-256"
    assert told["ssl_context"].verify_mode.name == "CERT_REQUIRED"
    assert told["ssl_context"].check_hostname
    assert PASSWORD.get_secret_value() not in repr(security)
    assert PASSWORD.get_secret_value() not in repr(security.faust)


def test_own_certificates_are_loaded(tmp_path: Path) -> None:
    made = certificates.make(tmp_path)
    security = Security("SSL", ca=made.authority, certificate=made.certificate, key=made.key)

    assert set(security.clients) == {"security_protocol", "ssl_context"}
    assert security.faust is not None


@pytest.mark.parametrize(
    ("security", "told"),
    [
        (Security("SASL_SSL"), "FUNDWATCH_KAFKA_USER"),
        (Security("SASL_SSL", user="us"), "FUNDWATCH_KAFKA_PASSWORD"),
        (Security(user="us", password=PASSWORD), "sends none"),
        (Security(ca=Path("ca.pem")), "expected SSL"),
        (Security("SSL", key=Path("key.pem")), "FUNDWATCH_KAFKA_CERTIFICATE"),
        (Security("SSL", ca=Path("absent.pem")), "absent.pem"),
    ],
)
def test_what_does_not_fit_together_is_said(security: Security, told: str) -> None:
    with pytest.raises(SecurityError, match=told) as raised:
        _ = security.clients

    assert PASSWORD.get_secret_value() not in str(raised.value)


def test_secrets_come_from_files_and_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fundwatch_kafka_password").write_text("from a file\n")
    (tmp_path / "fundwatch_kafka_user").write_text("from a file")
    monkeypatch.setenv(SECRETS, str(tmp_path))
    monkeypatch.setenv("FUNDWATCH_KAFKA_USER", "from the environment")
    monkeypatch.setenv("FUNDWATCH_KAFKA_PROTOCOL", "SASL_PLAINTEXT")
    security = security_of(Settings())

    assert security.password.get_secret_value() == "from a file"
    assert security.user == "from the environment"
    assert security.clients["security_protocol"] == "SASL_PLAINTEXT"
