"""Exports from a shell: opens what they are made of, and finds the key that signs them."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from alerts.exports.build import ExportError, Inputs, export
from alerts.exports.keys import own_key, private_key
from alerts.exports.manifest import Manifest
from alerts.exports.periods import Period
from alerts.ledger import Ledger
from alerts.risk.budget import load_budget
from rules.digests import folder_digest
from rules.packs import Policy
from rules.reference import load_reference
from rules.registry import load_anomalies, load_rules
from streams.settings import Settings


class Sources(Struct, frozen=True):
    """What an export reads besides the ledger; `data` is the folder of an embedded run.

    `policy` are overlay files in place of those that the journal has.
    """

    data: Path | None = None
    reference: Path | None = None
    policy: tuple[Path, ...] = ()
    knowledge: Path | None = None
    models: Path | None = None


def make_export(
    ledger: Ledger,
    period: Period,
    sources: Sources,
    settings: Settings,
    out: Path,
    progress: Callable[[int], None] = lambda _: None,
) -> Manifest:
    """Write the export of a period into a folder.

    Raises ExportError, BadKeyError, or the error of whatever file is wrong.
    """
    reference = sources.reference or settings.reference
    inputs = Inputs(
        reference=load_reference(reference),
        budget=load_budget(reference),
        rules=(*load_rules(shadow=True), *load_anomalies()),
        version=version("fundwatch"),
        policy=Policy.load(sources.policy) if sources.policy else None,
        digests={
            "reference": folder_digest(reference, "*.csv"),
            "knowledge": folder_digest(sources.knowledge),
            "models": folder_digest(sources.models or settings.models),
        },
    )
    told = settings.signing_key.get_secret_value()
    if told:
        key = private_key(told)
    elif sources.data is not None:
        key = own_key(sources.data)
    else:
        raise ExportError(
            "found no key to sign with, expected FUNDWATCH_SIGNING_KEY (a PEM file with an Ed25519"
            " key) where there is no data folder to keep one in"
        )
    with ledger.read() as connection:
        return export(connection, period, inputs, key, out, progress)
