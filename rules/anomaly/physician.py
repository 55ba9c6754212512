"""A physician with impossible days: judged by a model, see the YAML twin."""

from typing import Final

from rules.histories import keyed
from rules.histories.records import Encounter

KIND: Final = keyed.PLACE
RECORDS: Final = (Encounter,)
SUBJECT: Final = "physician"
