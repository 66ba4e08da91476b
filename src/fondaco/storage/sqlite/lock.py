"""Makes one process the sole owner of a database file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from fondaco.domain.errors import StorageBusy, StorageError


class OwnerLock:
    """An exclusive ``flock`` on a side file; the kernel lets go of it when the process ends, however it ends.

    SQLite's own locks last for one transaction only.  Ours lasts as long as the store is open, so every
    lease in the database is this process's own.  Network file systems do not keep such locks reliably.
    """

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self.path = path

    @classmethod
    def acquire(cls, database: Path) -> OwnerLock:
        """Take the lock.  Raises StorageBusy where somebody has it, StorageError where none can be made."""
        path = database.with_name(database.name + ".lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"The lock file {path} cannot be written ({error.strerror}); create the folder {path.parent} "
                "and let this account write there, or name another database."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "another"
            os.close(descriptor)
            raise StorageBusy(
                f"Process {holder} already works on the database {database} (it holds {path}); "
                "stop that process, or name another database."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        return cls(descriptor, path)

    def release(self) -> None:
        """Let go; the file stays, since deleting it could let two processes hold two files of one name."""
        os.close(self._descriptor)
