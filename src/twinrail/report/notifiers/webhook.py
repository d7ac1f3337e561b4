"""The notifier `webhook`: the result as JSON, posted to an address that is a secret and stands in the environment."""

import dataclasses
import json
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from twinrail.project.settings import Notify
from twinrail.report.notifiers.interface import Result

_TIMEOUT = 10.0
_HEADERS = {"Content-Type": "application/json", "User-Agent": "twinrail"}


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Posts the result to the address in the variable that `notify.webhook` names."""

    settings: Notify
    say: Callable[[str], None]

    def tell(self, result: Result) -> bool:
        """Whether an address is set; it was told then.

        Raises:
            ValueError: the address is not one of HTTP.
            OSError: nobody answers there, or the answer is an error.
        """
        address = os.environ.get(self.settings.webhook, "")
        if not address:
            return False
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"}:
            raise ValueError(f"${self.settings.webhook} is not an address of HTTP")
        body = json.dumps(dataclasses.asdict(result)).encode()
        request = urllib.request.Request(address, body, _HEADERS)  # noqa: S310  # its scheme is checked above
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310  # nosec B310
            # Its scheme is checked above. The path of such an address is often its password.
            self.say(f"{parts.hostname} answered {answer.status}")
        return True
