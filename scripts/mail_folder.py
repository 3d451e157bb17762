"""The mail server of a development copy: keeps every mail as a file, sends none on."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class MailFolder:
    """A handler for aiosmtpd that writes `2026-01-05T070000.123456-anna@example.org.eml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def from_cli(cls, _parser: ArgumentParser, folder: str) -> "MailFolder":
        """What `python -m aiosmtpd -c` calls."""
        return cls(Path(folder))

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keeps one mail."""
        when = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%f")
        who = envelope.rcpt_tos[0].replace("/", "_")
        file = self.folder / f"{when}-{who}.eml"
        file.write_bytes(envelope.original_content or b"")
        return "250 Kept"
