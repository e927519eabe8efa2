"""Whether a server of Prefect is there. This module does not import Prefect, which reads its
settings when it is imported.
"""

from http.client import HTTPException
from urllib.request import urlopen


def answers(url: str) -> bool:
    """Return whether a healthy server answers at `url`, its API's address, within a second."""
    try:
        with urlopen(f"{url.rstrip('/')}/health", timeout=1) as answer:  # noqa: S310
            return answer.read(16).strip() == b"true"
    except (OSError, ValueError, HTTPException):
        return False
