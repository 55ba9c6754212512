"""Limits on how often somebody may ask, in the memory of this process."""

from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

LOGINS: Final = RateLimitItemPerMinute(10, namespace="logins")
"""Tries to log in from one address."""
NAMED_LOGINS: Final = RateLimitItemPerMinute(10, namespace="named")
"""Tries to log in under one name, wherever they come from."""
STRANGERS: Final = RateLimitItemPerMinute(120, namespace="strangers")
"""Requests with a token or cookie that is none, from one address."""
REQUESTS: Final = RateLimitItemPerMinute(3000, namespace="requests")
"""Requests of one user; sending events and asking before payment are not counted."""
EXPORTS: Final = RateLimitItemPerMinute(30, namespace="exports")
"""Packages and revealed persons of one user."""


class Limits:
    """Counts in memory; several processes count each for itself."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._moving = MovingWindowRateLimiter(self._storage)
        self._fixed = FixedWindowRateLimiter(self._storage)

    def hit(self, limit: RateLimitItem, *whom: str) -> bool:
        """Count one request; whether it may go on."""
        # A moving window remembers every request, which the many of REQUESTS are not worth.
        strategy = self._fixed if limit is REQUESTS else self._moving
        return strategy.hit(limit, *whom)

    def forget(self) -> None:
        """Begin to count anew."""
        self._storage.reset()
