"""Every check of this project; `nox` alone runs what CI runs.

All tests run on the built wheel, in a copy of this folder that has no `src`: what
passes is what users install.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

import nox

# The first with sessions side by side.
nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "uv|virtualenv"
# Interpreters of the machine only: a check leaves nothing behind outside this folder.
nox.options.download_python = "never"
# On a developer's machine a Python that is not there is skipped, and nox says so.
nox.options.error_on_missing_interpreters = bool(os.environ.get("CI"))
# Sessions start in the order of this file, the long ones first. One more than there are
# processors: tests wait half of their time, for servers, processes and disks.
nox.options.parallel = (os.cpu_count() or 1) + 1
nox.options.allow_parallel = True

ROOT: Final = Path(__file__).parent
DIST: Final = ROOT / "dist"
PROJECT: Final = nox.project.load_toml(ROOT / "pyproject.toml")
PYTHONS: Final = nox.project.python_versions(PROJECT)
OUR_PYTHON: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
# Coverage is measured on one Python that is surely there.
COVERED_PYTHON: Final = OUR_PYTHON if OUR_PYTHON in PYTHONS else PYTHONS[0]
# Under coverage tests take longest, so they start first.
TESTED_PYTHONS: Final = sorted(PYTHONS, key=lambda it: it != COVERED_PYTHON)
# A test has 20 seconds alone; here it shares the processors with other sessions.
PATIENTLY: Final = "--timeout=60"
WITHOUT_SERVERS: Final = (PATIENTLY, "-m", "not external_service")
# The examples of Hypothesis are the same in each session of CI, and what they find is
# about our code. One session tries them all, the covered one; another Python or other
# libraries break a kind of value or none, and a quarter still has every kind.
FEWER_EXAMPLES: Final = "--hypothesis-profile=fewer"
# What an extra brings, or what is tested by way of it; and the domain, which no extra
# can reach: the session `imports` sees to that.
NOT_WITHOUT_EXTRAS: Final = (
    "tests/acceptance",
    "tests/contract/test_comfyui_client_simulated.py",
    "tests/integration/comfyui",
    "tests/integration/simulator",
    "tests/unit/cli",
    "tests/unit/domain",
    "tests/unit/simulator",
)


@nox.session
def build(session: nox.Session) -> None:
    """Build the wheel, by way of the source distribution; the other sessions use it."""
    shutil.rmtree(DIST, ignore_errors=True)
    session.install("build[uv]")
    session.run(
        *("python", "-m", "build", "--installer", "uv"),
        *("--outdir", str(DIST), str(ROOT)),
    )


@nox.session(requires=["build"])
@nox.parametrize("of", ["neo4j", "comfyui"], ids=["neo4j", "comfyui"])
def contract(session: nox.Session, of: str) -> None:
    """Run the tests on real servers, if they are there or asked for; else they skip.

    With CI or COMFY_ASSETS_SERVERS set they are downloaded first, some 5 GB.
    """
    session.install(wheel("cli", "simulator", "testing"), *group("tests"))
    if of == "comfyui" and os.environ.keys() & {"CI", "COMFY_ASSETS_SERVERS"}:
        session.run("python", "-m", "tests.servers", "install")
    chosen = f"external_service(of={of!r})"
    run_tests(session, "-m", "pytest", "-m", chosen, *session.posargs)


@nox.session(python=TESTED_PYTHONS, requires=["build"])
def tests(session: nox.Session) -> None:
    """Run all tests that need no real server."""
    session.install(wheel("cli", "simulator", "testing"), *group("tests"))
    if session.python != COVERED_PYTHON:
        run_tests(
            *(session, "-m", "pytest", FEWER_EXAMPLES),
            *(*WITHOUT_SERVERS, *session.posargs),
        )
        return
    for stale in ROOT.glob(".coverage.*"):
        stale.unlink()
    run_tests(
        *(session, "-m", "coverage", "run", "-m", "pytest"),
        *(*WITHOUT_SERVERS, *session.posargs),
    )


@nox.session(python=PYTHONS[0], requires=["build"], venv_backend="uv")
def tests_lowest(session: nox.Session) -> None:
    """Run the tests on the oldest libraries that we say we work with."""
    session.install(
        *("--resolution", "lowest-direct"),
        *("-r", "pyproject.toml", "--all-extras"),
    )
    session.install("--no-deps", wheel())
    session.install(*group("tests"))
    run_tests(
        *(session, "-m", "pytest", FEWER_EXAMPLES),
        *(*WITHOUT_SERVERS, *session.posargs),
    )


@nox.session(requires=["build"])
def tests_without_extras(session: nox.Session) -> None:
    """Run the tests of the library alone; what needs an extra has to say so."""
    session.install(wheel(), *group("tests"))
    session.run("comfy-assets", "demo", success_codes=[2])
    run_tests(
        *(session, "-m", "pytest", FEWER_EXAMPLES, *WITHOUT_SERVERS),
        *(f"--ignore={path}" for path in NOT_WITHOUT_EXTRAS),
        *session.posargs,
    )


@nox.session(requires=[f"tests-{COVERED_PYTHON}"])
def coverage(session: nox.Session) -> None:
    """Demand that the core is covered wholly and the rest almost."""
    session.install(*group("tests"))
    session.run("coverage", "combine")
    core = "*/comfy_assets/{}/*"
    rooms = [core.format(room) for room in ("domain", "errors", "ports", "services")]
    include = f"--include={','.join(rooms)}"
    session.run("coverage", "report", include, "--fail-under=100")
    session.run("coverage", "report", "--fail-under=95")


@nox.session(requires=["build"])
def typing(session: nox.Session) -> None:
    """Check types inside, the public ones as users see them, and that all have one."""
    session.install(wheel("cli", "simulator", "testing"))
    session.install(*group("typing"), *group("tests"))
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "comfy_assets", "--ignoreexternal")


@nox.session(requires=["build"])
def docs(session: nox.Session) -> None:
    """Build the documentation without a warning, and run the code in it."""
    session.install(wheel("cli", "simulator", "testing"))
    session.install(*group("docs"), *group("tests"))
    built = Path(session.create_tmp()) / "html"
    session.run("sphinx-build", "-n", "-W", "--keep-going", "-q", "docs", str(built))
    # The snippets of a page build on each other: no random order here.
    session.run("pytest", "-p", "no:randomly", "README.md", "docs")


@nox.session(requires=["build"])
def imports(session: nox.Session) -> None:
    """Check that imports run downwards and each outside library has one door."""
    session.install("--no-deps", wheel())
    session.install(*group("lint"))
    session.run("lint-imports", "--no-cache")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout of the code."""
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group."""
    return list(nox.project.dependency_groups(PROJECT, name))


def wheel(*extras: str) -> str:
    """Return the built wheel as a requirement with extras."""
    (built,) = DIST.glob("*.whl")
    chosen = f"[{','.join(extras)}]" if extras else ""
    return f"comfy-assets{chosen} @ {built.as_uri()}"


def run_tests(session: nox.Session, *arguments: str) -> None:
    """Run Python in a copy of this folder that lacks `src` and all that is hidden."""
    copy = Path(session.create_tmp()) / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    ignored = shutil.ignore_patterns("src", ".*", DIST.name, "__pycache__")
    shutil.copytree(ROOT, copy, ignore=ignored)
    environment = {
        # Else each process that a test starts compiles all our libraries anew.
        "PYTHONDONTWRITEBYTECODE": None,
        "COVERAGE_FILE": str(ROOT / ".coverage"),
        # Servers are installed once for all sessions.
        "COMFY_ASSETS_SERVERS_DIR": os.environ.get(
            "COMFY_ASSETS_SERVERS_DIR", str(ROOT / ".servers")
        ),
    }
    with session.chdir(copy):
        session.run("python", *arguments, env=environment)
