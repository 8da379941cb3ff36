"""The .deb and the tarball that cpack makes of the build folder: what is in them, and that the program in them runs."""
import gzip
import os
import pathlib
import re
import shutil
import subprocess

import pytest

BUILD = pathlib.Path(os.environ["MOPS_BIN"]).parent
SOURCE = pathlib.Path(__file__).resolve().parents[2]
COMPLETIONS = {"bash": "bash-completion/completions/mops", "zsh": "zsh/vendor-completions/_mops", "fish": "fish/vendor_completions.d/mops.fish"}


def output_of(*arguments, **options):
    return subprocess.run(arguments, check=True, capture_output=True, text=True, **options).stdout


def field(package, name):
    return output_of("dpkg-deb", "-f", package, name).strip()


def packages_built_in(folder):
    cpack = shutil.which("cpack")
    if cpack is None:
        pytest.skip("there is no cpack here")
    assert (BUILD / "CPackConfig.cmake").exists(), "the build makes no packages"
    if shutil.which("dpkg-deb") is None:
        pytest.skip("there is no dpkg-deb here")
    made = subprocess.run([cpack, "--config", BUILD / "CPackConfig.cmake", "-B", folder], cwd=BUILD, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    return packages_built_in(tmp_path_factory.mktemp("packages"))


@pytest.fixture(scope="module")
def deb(packages):
    [path] = packages.glob("*.deb")
    return path


@pytest.fixture(scope="module", params=["deb", "tarball"])
def unpacked(request, packages, tmp_path_factory):
    """The folder with `bin` and `share`, in a place where nothing was built."""
    folder = tmp_path_factory.mktemp("a place of its own")
    if request.param == "deb":
        [path] = packages.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", path, folder], check=True)
        return folder / "usr"
    [path] = packages.glob("*.tar.gz")
    subprocess.run(["tar", "-xzf", path, "-C", folder], check=True)
    [inner] = folder.iterdir()
    return inner


def test_the_program_runs_where_it_was_unpacked(unpacked):
    version = output_of(unpacked / "bin" / "mops", "--version", env={"PATH": "/usr/bin:/bin"})
    assert version == output_of(os.environ["MOPS"], "--version")
    assert re.fullmatch(r"mops \d+\.\d+\.\d+\n", version)


def test_the_program_needs_only_the_c_library(unpacked):
    needed = re.findall(r"\(NEEDED\).*\[(.+?)\]", output_of("readelf", "-d", unpacked / "bin" / "mops"))
    assert [name for name in needed if not re.match(r"(libc|libm|ld-linux[-\w]*)\.so", name)] == []


def test_the_program_knows_no_folder_of_the_build(unpacked):
    program = (unpacked / "bin" / "mops").read_bytes()
    assert [folder for folder in (SOURCE, BUILD) if str(folder).encode() in program] == []


def test_every_page_is_there(unpacked):
    pages = {path.name: gzip.decompress(path.read_bytes()) for path in (unpacked / "share/man/man1").iterdir()}
    assert pages == {page.name + ".gz": page.read_bytes() for page in (SOURCE / "man").glob("*.1")}
    assert len(pages) > 15


@pytest.mark.parametrize("shell", COMPLETIONS)
def test_completions_are_those_of_the_program(unpacked, shell):
    assert (unpacked / "share" / COMPLETIONS[shell]).read_text() == output_of(unpacked / "bin" / "mops", "completion", shell)


def test_the_licence_is_there(unpacked):
    assert "Apache License" in (unpacked / "share/doc/mops/LICENSE").read_text()
    assert "License: Apache-2.0" in (unpacked / "share/doc/mops/copyright").read_text()


def test_bash_finds_its_completion_by_itself(unpacked):
    """bash-completion looks below XDG_DATA_DIRS."""
    loader = pathlib.Path("/usr/share/bash-completion/bash_completion")
    if not loader.exists():
        pytest.skip("there is no bash-completion here")
    program = f"source {loader}; _completion_loader mops; complete -p mops"
    found = output_of("bash", "--norc", "-c", program, env={"PATH": "/usr/bin:/bin", "XDG_DATA_DIRS": str(unpacked / "share")})
    assert found == "complete -F _mops mops\n"


def test_control_data(deb):
    assert field(deb, "Package") == "mops"
    assert field(deb, "Version") in output_of(os.environ["MOPS"], "--version")
    assert field(deb, "Architecture") == output_of("dpkg", "--print-architecture").strip()
    depends = re.split(r", *", field(deb, "Depends"))
    assert "libcurl4t64 (>= 7.88) | libcurl4 (>= 7.88)" in depends
    assert [name for name in depends if not re.match(r"libc6\b|libcurl4t64\b", name)] == []
    assert any(name.startswith("libc6") for name in depends)
    assert "git" in re.split(r", *", field(deb, "Recommends"))
    assert len(field(deb, "Description").splitlines()) > 1


def test_everything_belongs_to_root(deb):
    rows = [line.split() for line in output_of("dpkg-deb", "-c", deb).splitlines()]
    assert {row[1] for row in rows} == {"root/root"}
    assert {row[0] for row in rows} == {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"}
    assert {row[5] for row in rows if row[0] == "-rwxr-xr-x"} == {"./usr/bin/mops"}
