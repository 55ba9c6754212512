"""What a designation's list of services lets an institution settle.

The contract leaves the words to the sender: names of schemes, national `med_type` codes, or Chinese
words. A list with a word that is not understood says nothing.
"""

from functools import lru_cache
from typing import Final

from events.codes import Scheme, scheme_of

_OTHER: Final = str(Scheme.OTHER)
_OUTPATIENT: Final = frozenset(Scheme) - {Scheme.INPATIENT, Scheme.PHARMACY}
_AMBULANT: Final = frozenset(Scheme) - {Scheme.INPATIENT}
_GENERAL: Final = frozenset({Scheme.GENERAL, Scheme.EMERGENCY, Scheme.REGISTRATION})
_WORDS: Final[dict[str, frozenset[Scheme]]] = {
    "outpatient": _OUTPATIENT,
    "clinic": _OUTPATIENT,
    "门诊": _OUTPATIENT,
    "pharmacy": _AMBULANT,
    "retail": _AMBULANT,
    "drug": _AMBULANT,
    "购药": _AMBULANT,
    "药店": _AMBULANT,
    "inpatient": frozenset({Scheme.INPATIENT}),
    "hospital": frozenset({Scheme.INPATIENT}),
    "住院": frozenset({Scheme.INPATIENT}),
    "普通门诊": _GENERAL | {Scheme.PHARMACY},
    "门诊统筹": _GENERAL | {Scheme.PHARMACY},
    "general": _GENERAL | {Scheme.PHARMACY},
    "general_outpatient": _GENERAL | {Scheme.PHARMACY},
    "慢特病": frozenset({Scheme.CHRONIC}),
    "门诊慢特病": frozenset({Scheme.CHRONIC}),
    "chronic": frozenset({Scheme.CHRONIC}),
    "两病": frozenset({Scheme.TWO_DISEASE}),
    "门诊两病": frozenset({Scheme.TWO_DISEASE}),
    "two_disease": frozenset({Scheme.TWO_DISEASE}),
    "急诊": frozenset({Scheme.EMERGENCY}),
    "emergency": frozenset({Scheme.EMERGENCY}),
    "挂号": frozenset({Scheme.REGISTRATION}),
    "registration": frozenset({Scheme.REGISTRATION}),
    "生育": frozenset({Scheme.MATERNITY}),
    "maternity": frozenset({Scheme.MATERNITY}),
}


@lru_cache(1024)
def settled_by(services: tuple[str, ...], area: str) -> frozenset[str] | None:
    """The schemes that a list of services covers; None where it is empty or not understood."""
    known = [_schemes(word.strip().lower(), area) for word in services if word.strip()]
    covered = [schemes for schemes in known if schemes is not None]
    if not covered or len(covered) < len(known):
        return None
    return frozenset().union(*covered)


def covers(services: tuple[str, ...], scheme: str, area: str) -> bool | None:
    """Whether a list of services lets a scheme be settled; None where nothing can be said."""
    schemes = settled_by(services, area)
    if schemes is None or scheme == _OTHER:
        return None
    return scheme in schemes


def _schemes(word: str, area: str) -> frozenset[Scheme] | None:
    if word in _WORDS:
        return _WORDS[word]
    if not word.isdigit():
        return None
    scheme = scheme_of(word, area)
    if scheme == Scheme.OTHER:
        return None
    return _GENERAL | {Scheme.PHARMACY} if scheme == Scheme.GENERAL else frozenset({scheme})
