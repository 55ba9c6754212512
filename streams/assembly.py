"""The composition root: reference data, policy, rules and engine from plain choices."""

from pathlib import Path

from msgspec import Struct

from rules.context import Context
from rules.engine import Engine
from rules.histories.digests import BUILT_IN, use_key
from rules.knowledge.index import load_knowledge
from rules.packs import Policy
from rules.reference import load_reference
from rules.registry import load_anomalies, load_rules
from rules.rule import ANOMALY


class Assembly(Struct, frozen=True):
    """What to run with; plain data, so that it can be handed to other processes.

    `policy` are overlay files, `rules` ids or families (none: all stable ones), `knowledge` a
    store of knowledge points, `models` a folder of models, `key` the key of pseudonyms.
    """

    reference: Path | None = None
    policy: tuple[Path, ...] = ()
    rules: tuple[str, ...] = ()
    shadow: bool = False
    knowledge: Path | None = None
    key: bytes = BUILT_IN
    models: Path | None = None


def assemble(assembly: Assembly) -> Engine:
    """The engine of an assembly. Raises the error of whatever file is wrong."""
    use_key(assembly.key)
    knowledge = load_knowledge(assembly.knowledge)
    context = Context(load_reference(assembly.reference), Policy.load(assembly.policy), knowledge)
    anomalies = load_anomalies(assembly.rules)
    names = set(assembly.rules) - {rule.id for rule in anomalies} - {ANOMALY}
    rules = load_rules(names, shadow=assembly.shadow) if names or not assembly.rules else ()
    if not knowledge:
        # Without points their rules find nothing; they need not be asked at every event.
        rules = [rule for rule in rules if rule.meta.family != "knowledge"]
    engine = Engine(rules, context)
    if assembly.models is not None:
        # Models bring libraries with them that nobody else must wait for.
        from streams.anomaly.opening import open_panel

        engine.panel = open_panel(assembly.models, context, anomalies)
    return engine
