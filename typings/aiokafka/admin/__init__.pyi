"""The part of aiokafka's admin client this repository calls."""

from collections.abc import Mapping, Sequence

class NewTopic:
    def __init__(
        self,
        name: str,
        num_partitions: int,
        replication_factor: int,
        replica_assignments: Mapping[int, Sequence[int]] | None = None,
        topic_configs: Mapping[str, str] | None = None,
    ) -> None: ...

class CreateTopicsResponse:
    # (topic, error code, message) from version 1 of the answer on, (topic, error code) before.
    topic_errors: Sequence[tuple[str, int, str | None]]

class AIOKafkaAdminClient:
    def __init__(self, *, bootstrap_servers: str, request_timeout_ms: int = ...) -> None: ...
    async def start(self) -> None: ...
    async def close(self) -> None: ...
    async def create_topics(
        self,
        new_topics: Sequence[NewTopic],
        timeout_ms: int | None = None,
        validate_only: bool = False,
    ) -> CreateTopicsResponse: ...
    async def list_topics(self) -> list[str]: ...
