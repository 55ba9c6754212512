"""compose.yaml fits its specification, and everything it names is there."""

import json
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft202012Validator

from dashboards.files import BOARDS, RULES
from streams.settings import SECRETS, Settings
from tests.services.processes import REPOSITORY

COMPOSE: Final[dict[str, Any]] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]


def test_it_fits_the_compose_specification() -> None:
    """The schema is the specification's own, as the package check-jsonschema carries it."""
    package = find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    # Found, not imported: its command line wants another click than Faust allows.
    vendored = Path(package.origin).parent / "builtin_schemas" / "vendor"
    schema = vendored / "compose-spec.json"
    validator = Draft202012Validator(json.loads(schema.read_text("utf-8")))
    wrong = {**COMPOSE, "services": {"one": {"imagine": "this"}}}

    assert [error.message for error in validator.iter_errors(COMPOSE)] == []
    assert list(validator.iter_errors(wrong))


def test_every_part_is_there() -> None:
    assert SERVICES.keys() == {
        "kafka",
        "postgres",
        "worker-1",
        "worker-2",
        "desk",
        "prometheus",
        "grafana",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_watched_and_comes_back(name: str) -> None:
    service = SERVICES[name]

    assert re.search(r":v?\d", service["image"])
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert set(service.get("depends_on", {})) <= SERVICES.keys()
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_mounted_is_there_or_declared(name: str) -> None:
    for mount in SERVICES[name].get("volumes", ()):
        source = mount.partition(":")[0]
        if source == "./reference":
            continue  # the operator's own
        if source.startswith("./"):
            assert (REPOSITORY / source).exists(), source
        else:
            assert source in COMPOSE["volumes"]
    assert set(SERVICES[name].get("secrets", ())) <= COMPOSE["secrets"].keys()


def test_no_secret_stands_in_the_open() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|KEY|POSTGRES$", variable):
                assert value.startswith("/run/secrets"), f"{name}: {variable}"


def test_its_settings_are_settings() -> None:
    known = {f"FUNDWATCH_{field.upper()}" for field in Settings.model_fields} | {SECRETS}
    for service in SERVICES.values():
        ours = {name for name in service.get("environment", {}) if name.startswith("FUNDWATCH_")}
        assert ours <= known
    secrets = {name for name in COMPOSE["secrets"] if name.startswith("fundwatch_")}
    assert {name.upper() for name in secrets} <= known


def test_secrets_are_made_once_and_are_those_it_names(tmp_path: Path) -> None:
    command = [REPOSITORY / "tools" / "secrets.sh", tmp_path / "secrets"]
    subprocess.run(command, check=True, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run(command, check=True, capture_output=True)
    again = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}

    assert first.keys() == COMPOSE["secrets"].keys()
    assert again == first
    assert first["postgres_password"] in first["fundwatch_postgres"]
    assert len(set(first.values())) == len(first)


def test_grafana_finds_boards_and_prometheus() -> None:
    provisioning = REPOSITORY / "deploy" / "grafana" / "provisioning"
    (source,) = _yaml(provisioning / "datasources" / "prometheus.yaml")["datasources"]
    (provider,) = _yaml(provisioning / "dashboards" / "fundwatch.yaml")["providers"]
    grafana = SERVICES["grafana"]
    mounted = dict(mount.split(":")[:2] for mount in grafana["volumes"])

    assert source["url"] == "http://prometheus:9090"
    assert provider["options"]["path"] == mounted["./dashboards/grafana"]
    assert mounted["./deploy/grafana/provisioning"] == "/etc/grafana/provisioning"
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home.parent.as_posix() == provider["options"]["path"]
    assert home.stem in {board.uid for board in BOARDS}


def test_prometheus_asks_every_process_of_ours() -> None:
    configured = _yaml(REPOSITORY / "deploy" / "prometheus.yml")
    (job,) = configured["scrape_configs"]
    (targets,) = (group["targets"] for group in job["static_configs"])
    ours = {name for name, one in SERVICES.items() if one["image"].startswith("fundwatch:")}

    assert job["job_name"] == "fundwatch"
    assert {target.partition(":")[0] for target in targets} == ours
    mounted = dict(mount.split(":")[:2] for mount in SERVICES["prometheus"]["volumes"])
    assert configured["rule_files"] == [mounted[f"./dashboards/prometheus/{RULES}"]]


def test_the_container_copies_every_package() -> None:
    text = (REPOSITORY / "Containerfile").read_text("utf-8")
    allowed = (REPOSITORY / ".dockerignore").read_text("utf-8")
    packages = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")}

    for package in sorted(packages - {"benchmarks", "tests"}):
        assert f"COPY {package} {package}" in text
        assert f"!{package}\n" in allowed


def _yaml(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found
