"""The vocabulary: event kinds, national codes, money, identifiers, the codec and the readers.

Everything that comes in from outside is turned into one of the structs in `events.kinds` here,
or into a dead letter that says what was wrong. Imports nothing else of ours.
"""
