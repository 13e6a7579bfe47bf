"""Is there a whole database cluster in this home, and what is its password?"""

import os
import secrets
import shutil
from pathlib import Path

from integrations.postgres.account import Account
from integrations.postgres.errors import EmbeddedPostgresError
from integrations.postgres.programs import Programs

PASSWORD_BYTES = 24


def ensure_cluster(home: Path, server_folder: Path, programs: Programs, *, user: str) -> tuple[Path, str]:
    """The cluster's folder and its superuser's password; made when there is none yet.

    A cluster is made under another name and renamed when it is whole, so what lies under the final name is always
    complete. What was cut off half-way is thrown away; a folder that is not ours is refused, never deleted.
    Raises EmbeddedPostgresError.
    """
    cluster, password_file = server_folder / "cluster", home / "password"
    if cluster.exists():
        return cluster, _kept_password(cluster, password_file)
    stage = server_folder / "cluster.new"
    if stage.exists():
        shutil.rmtree(stage)
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    _write_password(password_file, password, programs.account)
    _make(stage, password_file, programs, user)
    stage.rename(cluster)
    _keep_name(server_folder)
    return cluster, password


def _kept_password(cluster: Path, password_file: Path) -> str:
    if not (cluster / "PG_VERSION").exists():
        raise EmbeddedPostgresError(f"{cluster} is not a database cluster; move it away to have a new one made.")
    if not password_file.exists():
        raise EmbeddedPostgresError(f"The password of the cluster in {cluster} is lost: {password_file} is gone.")
    return password_file.read_text(encoding="ascii")


def _write_password(path: Path, password: str, account: Account) -> None:
    """Readable by the server's account alone, because initdb reads it from there; it is on no command line."""
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, password.encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)
    account.give(path)


def _make(stage: Path, password_file: Path, programs: Programs, user: str) -> None:
    programs.run(
        "initdb",
        f"--pgdata={stage}",
        f"--username={user}",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # Sorting by code point, the same on every machine and after every upgrade of the system's library.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--lc-collate=C",
        "--lc-ctype=C.UTF-8",
        "--no-instructions",
    )


def _keep_name(folder: Path) -> None:
    """A rename survives a power cut only when its folder is flushed too."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
