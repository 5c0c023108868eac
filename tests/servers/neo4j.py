"""Start, kill and restart a real Neo4j; its files come by `neo4j_installation`."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from neo4j.exceptions import DriverError, Neo4jError

from tests.servers.neo4j_access import Neo4jAccess
from tests.servers.neo4j_installation import NEO4J_RELEASES, jars_of, java_of
from tests.servers.starting import READY_LIMIT_SECONDS, free_port, wait_until_ready

if TYPE_CHECKING:
    from types import TracebackType

#: What a server gets between "please end" and its killing.
STOP_LIMIT_SECONDS: Final = 30.0
_TETHER: Final = Path(__file__).with_name("tethered.py")
# For a server of minutes: compiling for long runs, and a collector with threads of its
# own, take half of all that a start costs. They change when it is done, never what.
_SHORT_LIVED: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_OPENED: Final = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_FOLDERS: Final = ("conf", "data", "logs", "run", "plugins", "import", "licenses")


class RealNeo4j:
    """A Neo4j process with a password, in a folder of its own.

    A context manager: inside it the server answers, and after it neither process nor
    folder are left. All methods block; call them from a thread in async tests.

    Args:
        version: ``"2026.08.1"`` or ``"5.26.30"``, as in `NEO4J_RELEASES`.
        port: Where to listen on loopback; 0 takes a free one.
    """

    def __init__(self, version: str, *, port: int = 0) -> None:
        self._release = NEO4J_RELEASES[version]
        self._port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._password = secrets.token_hex(8)
        # Windows keeps files of a process open for a moment after its end.
        self._folder = tempfile.TemporaryDirectory(
            prefix="neo4j-", ignore_cleanup_errors=True
        )
        self._root = Path(self._folder.name)
        for name in _FOLDERS:
            (self._root / name).mkdir()

    def __enter__(self) -> Self:
        """Set the password, start the server and wait until it answers."""
        try:
            self._configure()
            self._start()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and remove its folder."""
        self.kill()
        self._folder.cleanup()

    @property
    def version(self) -> str:
        """Such as ``"2026.08.1"``."""
        return self._release.version

    @property
    def access(self) -> Neo4jAccess:
        """Address, name and password; the password was drawn for this server."""
        uri = f"bolt://127.0.0.1:{self._port}"
        return Neo4jAccess(uri=uri, auth=("neo4j", self._password))

    @property
    def is_alive(self) -> bool:
        """Whether there is a process; it may still be busy."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """All that the server wrote to its terminal, over all its lives."""
        log = self._root / "server.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def kill(self) -> None:
        """End the process as a power cut would, in the middle of what it does."""
        if self._process is not None:
            self._reap()

    def stop(self) -> None:
        """End the process politely, by force after a while; stopping twice is fine."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.write(b"end\n")
        self._process.stdin.flush()
        try:
            self._process.wait(STOP_LIMIT_SECONDS)
        finally:
            self._reap()

    def start(self) -> None:
        """Start it again on the same port with the same data.

        Raises:
            ServerError: When it does not come up.
        """
        self._start()

    def restart(self) -> None:
        """Kill it if it lives, then start it on the same port with the same data.

        Raises:
            ServerError: When it does not come up again.
        """
        self.kill()
        self._start()

    def _configure(self) -> None:
        address = f"127.0.0.1:{self._port}"
        settings = (
            "server.default_listen_address=127.0.0.1",
            "server.bolt.enabled=true",
            f"server.bolt.listen_address={address}",
            f"server.bolt.advertised_address={address}",
            "server.http.enabled=false",
            "server.https.enabled=false",
            "dbms.usage_report.enabled=false",
            "server.memory.pagecache.size=64m",
            "db.tx_log.preallocate=false",
            # By default an orderly stop waits for 10 seconds whether somebody calls.
            "internal.dbms.bolt.netty_server_shutdown_quiet_period=0",
        )
        conf = self._root / "conf" / "neo4j.conf"
        conf.write_text("\n".join(settings) + "\n", encoding="utf-8")
        command = [*self._java(), "org.neo4j.cli.AdminTool"]
        command += ["dbms", "set-initial-password", self._password]
        with (self._root / "server.log").open("ab") as log:
            subprocess.run(
                command,
                check=True,
                env=os.environ
                | {"NEO4J_HOME": str(self._root), "NEO4J_CONF": str(conf.parent)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=READY_LIMIT_SECONDS,
            )

    def _start(self) -> None:
        command = [
            *(sys.executable, str(_TETHER), *self._java(), self._release.main_class),
            *(f"--home-dir={self._root}", f"--config-dir={self._root / 'conf'}"),
            "--console-mode",
        ]
        with (self._root / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._root,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _java(self) -> list[str]:
        return [
            *(java_of(self._release), "-Xms128m", "-Xmx512m", *_SHORT_LIVED),
            *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED),
            "--enable-native-access=ALL-UNNAMED",
            *("-Dlog4j2.disable.jmx=true", "-Dfile.encoding=UTF-8"),
            *("-cp", str(jars_of(self._release) / "*")),
        ]

    def _wait_until_ready(self) -> None:
        process = self._process
        assert process is not None
        with self.access.driver() as driver:

            def answers() -> bool:
                try:
                    driver.verify_connectivity()
                except (DriverError, Neo4jError):
                    return False
                return True

            name = f"Neo4j {self.version}"
            wait_until_ready(process, answers, name=name, log=lambda: self.log)

    def _reap(self) -> None:
        """Let go of the tether, which kills the server, and wait for its end."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(STOP_LIMIT_SECONDS)
