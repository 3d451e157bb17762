"""What must not stand in a log: addresses that open something without a password."""

from __future__ import annotations

import logging
import re
from typing import Final

#: The part of an address that is a secret, after the part that may be read.
_SECRETS: Final = re.compile(
    r"(/today/(?:mail|calendar)/[0-9a-f-]{36}/|/account/password/reset/[0-9A-Za-z]+-)[^/\s\"'?#]+"
)


class SecretAddresses(logging.Filter):
    """Takes the secret out of every address in a line, whoever writes it; lets every line pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        hidden = _SECRETS.sub(r"\1…", words)
        if hidden != words:
            record.msg, record.args = hidden, None
        return True
