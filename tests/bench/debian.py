"""Programs of Debian that are run beside ours, without being installed: their packages are unpacked once below build/bench-peers."""
import functools
import os
import pathlib
import shutil
import subprocess

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build" / "bench-peers" / "debian"

# What a program needs beyond what the tests need anyway.
PACKAGES = {
    "nginx": ["nginx"],
    "haproxy": ["haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1"],
    "promtool": ["prometheus"],
    "wrk": ["wrk", "libluajit-5.1-2"],
    "hey": ["hey"],
}


def program(name):
    """Its path, or None where it cannot be had; then the reason is printed."""
    path, problem = find(name)
    if path is None:
        print(f"skipped: {problem}")
    return path


@functools.cache
def find(name):
    """(its path, None), or (None, why it cannot be had)."""
    installed = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if installed:
        return pathlib.Path(installed), None
    root = FOLDER / name
    found = next((path for folder in ("usr/sbin", "usr/bin") if (path := root / folder / name).exists()), None)
    if found:
        return found, None
    packages = root / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(["apt-get", "download", "-q", *PACKAGES[name]], cwd=packages, check=True, capture_output=True, text=True)
        for package in packages.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, root], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(root, ignore_errors=True)
        return None, f"{name} of Debian cannot be had: {' '.join(str(getattr(error, 'stderr', '') or error).split())[-300:]}"
    return next(path for folder in ("usr/sbin", "usr/bin") if (path := root / folder / name).exists()), None


def variables():
    """The environment in which such a program finds its libraries."""
    folders = [str(path.parent) for path in FOLDER.glob("*/usr/lib/*-linux-gnu/*.so*")]
    return os.environ | {"LD_LIBRARY_PATH": ":".join(dict.fromkeys(folders))}
