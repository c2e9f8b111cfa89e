#!/usr/bin/env python3
"""Set up DiveGov Steward in .venv beside this file, then start it.

    python3 run.py demo  [options]          a worked example on generated divers
    python3 run.py app   [options]          the window
    python3 run.py test  [pytest options]   style, types, layers, then the tests
    python3 run.py bench [options]          the benchmarks
    python3 run.py build                    a folder that runs without Python, tried by clicking through it

The first run downloads some 200 MB; later ones start at once. On Debian and Ubuntu the system
libraries that Qt needs are installed too, or the one command that does it is shown.
"""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036 - older Pythons parse this file and must be told
    sys.exit("DiveGov Steward needs Python 3.10 or newer, and this is Python " + sys.version.split()[0] + ".")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "divegov.stamp"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
VERBS = ("demo", "app", "test", "bench", "build")
# What the lint-imports script does; the script itself names the folder it was installed in, which may move.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as main; main()"

# What `ldd` names for Qt's libraries and its xcb and offscreen platforms, and the Debian package of each.
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
ODBC_LIBRARY = {"libodbc.so.2": "libodbc2"}  # only SQL Server profiles need it
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def say(line: str) -> None:
    """Print one line at once, so that it stands before what a child process prints."""
    print(line, flush=True)


def tail(output: str, lines: int = 6) -> str:
    """The last lines of a tool's output, indented."""
    return "\n".join("    " + line for line in output.strip().splitlines()[-lines:])


def loads(library: str) -> bool:
    """Whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether any TrueType or OpenType font is installed; without one Qt draws no text."""
    return any(any(Path(folder).expanduser().rglob("*.[to]t[fc]")) for folder in FONT_FOLDERS)


def missing() -> "tuple[dict[str, str], dict[str, str]]":
    """What the system lacks, as {thing: Debian package}: the needed and the merely useful."""
    needed = {name: package for name, package in QT_LIBRARIES.items() if not loads(name)}
    if not has_font():
        needed["a font"] = "fonts-dejavu-core"
    if importlib.util.find_spec("ensurepip") is None:
        needed["Python's ensurepip"] = "python{}.{}-venv".format(*sys.version_info[:2])
    return needed, {name: package for name, package in ODBC_LIBRARY.items() if not loads(name)}


def present_names(packages: "list[str]") -> "list[str]":
    """The packages under the names this release has: since 2024 some end in t64."""
    listing = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True)
    known = set(listing.stdout.split())
    return [p + "t64" if p not in known and p + "t64" in known else p for p in packages]


def administrator() -> "list[str] | None":
    """The words before a command that make it run as root, or None where that would ask for a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def ensure_system(first_time: bool) -> None:
    """Install the shared libraries, the font and the venv support that are missing, or say how."""
    needed, useful = missing()
    if not needed and not (useful and first_time):
        return
    if shutil.which("apt-get") is None:
        say("Not found on this system, and perhaps needed: " + ", ".join([*needed, *useful]) + ".")
        return
    packages = [*needed.values(), *useful.values()]
    prefix = administrator()
    if prefix is None:
        line = "apt-get install -y --no-install-recommends " + " ".join(present_names(packages))
        say(
            "System packages that the program needs are missing. Install them, then run this again:"
            if needed
            else "Going on without a system package that only SQL Server connections need. To install it:"
        )
        say("    sudo apt-get update && sudo " + line)
        if needed:
            sys.exit(1)
        return
    say("Installing from the system's packages: " + " ".join(packages))
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-oDPkg::Lock::Timeout=120"]
    # One unreachable third-party source fails the update, yet the rest may serve: the install decides.
    subprocess.run([*apt, "update"], capture_output=True)
    install = [*apt, "install", "-y", "--no-install-recommends", *present_names(packages)]
    done = subprocess.run(install, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        say("apt-get could not install them. Its last lines:\n" + tail(done.stdout))
        if needed:
            sys.exit(1)


def fingerprint() -> str:
    """Changes with the dependencies, the Python version and the folder, each of which needs a new install."""
    facts = (ROOT / "pyproject.toml").read_bytes() + repr((sys.version_info[:2], str(ROOT))).encode()
    return hashlib.sha256(facts).hexdigest()


def installed(extras: str) -> bool:
    """Whether .venv is complete and current; one with the test tools serves every command."""
    stamp = STAMP.read_text().split() if STAMP.is_file() and PYTHON.exists() else []
    return stamp in ([fingerprint(), "test"], [fingerprint(), extras])


def usable() -> bool:
    """Whether .venv has this version of Python and a pip, and was not left half-made."""
    if not PYTHON.exists() or (STAMP.is_file() and STAMP.read_text() == "unfinished"):
        return False
    probe = [str(PYTHON), "-c", "import pip, sys; print(sys.version_info[:2])"]
    found = subprocess.run(probe, capture_output=True, text=True)
    return found.returncode == 0 and found.stdout.strip() == str(sys.version_info[:2])


def run_quietly(command: "list[str]", failure: str) -> None:
    """Run a set-up step in the project's folder; where it fails, say so, show its last lines and stop."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(failure + " Its last lines:\n" + tail(done.stdout))


def ensure_environment(extras: str) -> None:
    """Make or bring up to date the .venv with the program and, for "test", its checking tools."""
    if installed(extras):
        return
    if not usable():
        version = "{}.{}".format(*sys.version_info[:2])
        say(f"{'Remaking' if VENV.exists() else 'Making'} .venv with Python {version}.")
        base = getattr(sys, "_base_executable", sys.executable)
        run_quietly([base, "-m", "venv", "--clear", str(VENV)], "Python could not make .venv.")
    STAMP.write_text("unfinished")
    what, target = ("program and its test tools", ".[test]") if extras == "test" else ("program", ".")
    say(f"Installing the {what} into .venv; the first time takes a minute or two.")
    pip = [str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--quiet"]
    run_quietly([*pip, "-e", target], "pip could not install what the program needs (no network?).")
    STAMP.write_text(f"{fingerprint()} {extras}")


def run_tests(arguments: "list[str]") -> int:
    """Every check, then the tests last so that their summary ends the output; 0 when all of it passed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    checks = {
        "ruff check": [str(PYTHON), "-m", "ruff", "check", "."],
        "ruff format": [str(PYTHON), "-m", "ruff", "format", "--check", "."],
        "mypy": [str(PYTHON), "-m", "mypy", "divegov_gui"],
        "import-linter": [str(PYTHON), "-c", LINT_IMPORTS],
    }
    failed = []
    for name, command in checks.items():
        say(f"Checking with {name}.")
        if subprocess.call(command, cwd=ROOT):
            failed.append(name)
    say("Failed checks: " + ", ".join(failed) + "." if failed else "All checks passed.")
    say("Running the tests.")
    shared = [] if arguments else ["-n", "auto", "--dist", "worksteal"]  # the whole suite on all cores
    return subprocess.call([str(PYTHON), "-m", "pytest", *shared, *arguments], cwd=ROOT) or int(bool(failed))


def build(arguments: "list[str]") -> int:
    """Make dist/DiveGov Steward with PyInstaller, then start it and click through it."""
    say("Building dist/DiveGov Steward; this takes some minutes.")
    spec = ROOT / "resources" / "packaging" / "divegov.spec"
    maker = [str(PYTHON), "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    folders = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build")]
    code = subprocess.call([*maker, *folders, str(spec)], cwd=ROOT)
    if code:
        return code
    say("Trying it.")
    return subprocess.call([str(PYTHON), "-m", "pytest", "-m", "build", "tests/frozen", *arguments], cwd=ROOT)


def hand_over(command: "list[str]") -> int:
    """Become `command`; where a process cannot, run it and give its exit code."""
    if os.name == "nt":
        return subprocess.call(command)
    sys.stdout.flush()
    return os.execv(command[0], command)


def main(arguments: "list[str]") -> int:
    """Prepare what a command needs, and run it."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb not in VERBS:
        print(__doc__)
        return 0 if verb in ("-h", "--help", "help") else 2
    extras = "test" if verb in ("test", "bench", "build") else "program"
    if sys.platform.startswith("linux"):
        ensure_system(first_time=not installed(extras))
    ensure_environment(extras)
    if verb == "test":
        return run_tests(rest)
    if verb == "build":
        return build(rest)
    if verb == "bench":
        os.chdir(ROOT)
        return hand_over([str(PYTHON), "-m", "tests.benchmarks", *rest])
    return hand_over([str(PYTHON), "-m", "divegov_gui", verb, *rest])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(130)
