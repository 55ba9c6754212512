"""Habits changed overnight: judged by a model, see the YAML twin."""

from typing import Final

from rules.histories import keyed
from rules.histories.records import Visit

KIND: Final = keyed.PERSON
RECORDS: Final = (Visit,)
SUBJECT: Final = "person"
