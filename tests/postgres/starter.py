"""What does a desk look like to the tests: a process that starts a server, says where it is, and lives on?

    python starter.py HOME [UID]

With a UID the process first gives up root for good, as if that user had started it. Everything is imported before
that, because the user may not be able to read root's Python.
"""

import os
import sys
from pathlib import Path

from integrations.postgres.embedded import EmbeddedPostgres

home = Path(sys.argv[1])
if len(sys.argv) > 2:
    os.setgroups([])
    os.setresgid(int(sys.argv[2]), int(sys.argv[2]), int(sys.argv[2]))
    os.setresuid(int(sys.argv[2]), int(sys.argv[2]), int(sys.argv[2]))
os.environ.pop("HOME", None)
with EmbeddedPostgres(home, settings={"shared_buffers": "16MB"}) as postgres:
    print(postgres.dsn(), flush=True)
    sys.stdin.read()
