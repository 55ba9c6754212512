"""The composition root: reference data, policy, rules and engine from plain choices."""

from pathlib import Path

from msgspec import Struct

from rules.context import Context
from rules.engine import Engine
from rules.histories.digests import BUILT_IN, use_key
from rules.knowledge.index import load_knowledge
from rules.packs import Policy
from rules.reference import load_reference
from rules.registry import load_rules


class Assembly(Struct, frozen=True):
    """What to run with; plain data, so that it can be handed to other processes.

    `policy` are overlay files, `rules` ids or families (none: all stable ones), `knowledge` a
    store of knowledge points, `key` the key of pseudonyms.
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
    knowledge = load_knowledge(assembly.knowledge)
    context = Context(load_reference(assembly.reference), Policy.load(assembly.policy), knowledge)
    rules = load_rules(assembly.rules, shadow=assembly.shadow)
    if not knowledge:
        # Without points their rules find nothing; they need not be asked at every event.
        rules = [rule for rule in rules if rule.meta.family != "knowledge"]
    return Engine(rules, context)
