"""The workers: the pipeline as Faust agents on Kafka, with state in local files.

Each partition of a topic has its own state file, which is a function of the partition's messages
up to a position; alerts and facts are sent before the state is kept, and the state is kept before
the offset is given back. `docs/workers.md` tells an operator what follows from that.
"""
