"""What is kept of the channels, and what leaves the house."""

from archive.models.export import Export
from archive.models.snapshot import Snapshot, SnapshotFile

__all__ = ["Export", "Snapshot", "SnapshotFile"]
