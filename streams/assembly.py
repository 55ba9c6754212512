"""The composition root: reference data, policy, rules and engine from plain choices."""

from pathlib import Path

from msgspec import Struct

from rules.context import Context
from rules.engine import Engine
from rules.histories.digests import BUILT_IN, use_key
from rules.packs import Policy
from rules.reference import load_reference
from rules.registry import load_rules


class Assembly(Struct, frozen=True):
    """What to run with; plain data, so that it can be handed to other processes.

    `policy` are overlay files, `rules` ids or families (none: all stable ones), `key` the key of
    pseudonyms.
    """

    reference: Path | None = None
    policy: tuple[Path, ...] = ()
    rules: tuple[str, ...] = ()
    shadow: bool = False
    knowledge: Path | None = None
    key: bytes = BUILT_IN


def assemble(assembly: Assembly) -> Engine:
    """The engine of an assembly. Raises the error of whatever file is wrong."""
    use_key(assembly.key)
    context = Context(load_reference(assembly.reference), Policy.load(assembly.policy))
    return Engine(load_rules(assembly.rules, shadow=assembly.shadow), context)
