"""As which system user does the embedded PostgreSQL run?

PostgreSQL refuses to run as root, whatever the settings. So root starts it as an account without rights, and a plain
user starts it as itself.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from integrations.postgres.errors import EmbeddedPostgresError

ACCOUNT_WITHOUT_RIGHTS = "nobody"


@dataclass(frozen=True)
class Account:
    """The ids that the server's programs change to; all None when they stay who the starter is."""

    uid: int | None
    gid: int | None

    @classmethod
    def for_server(cls) -> Self:
        """The account for a server started by this process.

        Raises EmbeddedPostgresError when root has no account without rights to give it to.
        """
        if os.geteuid() != 0:
            return cls(uid=None, gid=None)
        try:
            entry = pwd.getpwnam(ACCOUNT_WITHOUT_RIGHTS)
        except KeyError as missing:
            raise EmbeddedPostgresError(
                f"PostgreSQL refuses to run as root and there is no account '{ACCOUNT_WITHOUT_RIGHTS}' to run it as; "
                "start the desk as a plain user."
            ) from missing
        return cls(uid=entry.pw_uid, gid=entry.pw_gid)

    @property
    def is_another(self) -> bool:
        return self.uid is not None

    @property
    def groups(self) -> list[int] | None:
        """None of root's groups go with the server."""
        return [] if self.is_another else None

    def give(self, path: Path) -> None:
        """Hand the file or folder over to the account; nothing happens when the account is our own."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def make_private_folder(self, path: Path) -> None:
        """A folder that only the account (and root) may enter; made when missing."""
        path.mkdir(exist_ok=True)
        path.chmod(0o700)
        self.give(path)
