"""README shows what examples/first-ten-minutes really prints, run by a user who is not root."""
import os
import pathlib
import pwd
import re
import shutil
import subprocess

import pytest

def masked(line):
    """What differs from run to run: digests, ids, ports, times, and all measured numbers."""
    line = re.sub(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", "ID", line)
    line = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", line)
    line = re.sub(r"\b[0-9a-f]{12,64}\b", "DIGEST", line)
    line = re.sub(r"\d[\d.]*", "N", line)
    line = re.sub(r"(?<=N  )(\S.*?)(?=  (first version|certified at|to see))", "USER", line)
    return re.sub(r" +", " ", line.strip())

@pytest.fixture(scope="module")
def transcript(tmp_path_factory):
    source = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path("/tmp") / f"mops-ten-{os.getpid()}"
    folder.mkdir()
    command = [str(source / "examples" / "first-ten-minutes"), str(folder / "work")]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "MOPS_STATE": str(folder / "s"), "LANG": "C.UTF-8",
                   **{key: value for key, value in os.environ.items() if re.match(r"(PIP_|HTTPS?_PROXY|https?_proxy|NO_PROXY|no_proxy|SSL_CERT|REQUESTS_CA)", key)}}
    as_user = {}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        program = folder / "mops"
        # The checkout may be in a folder that only root may enter.
        shutil.copy(os.environ["MOPS"], program)
        shutil.copy(command[0], folder / "first-ten-minutes")
        command[0] = str(folder / "first-ten-minutes")
        environment["MOPS"] = str(program)
        for path in [folder, *folder.iterdir()]:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        # A private interpreter of root's (pyenv) is not nobody's.
        environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    else:
        environment["MOPS"] = os.environ["MOPS"]
    result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=900, **as_user)
    assert result.returncode == 0, result.stdout + result.stderr
    yield result.stdout
    shutil.rmtree(folder, ignore_errors=True)

def test_readme_shows_what_is_printed(source, transcript):
    readme = (source / "README.md").read_text()
    block = re.search(r"<!-- transcript: first-ten-minutes -->\n```\n(.*?)```", readme, re.S)[1]
    printed = {masked(line) for line in transcript.splitlines()}
    missing = [line for line in block.splitlines() if line.strip() and masked(line) not in printed]
    assert missing == []

def test_the_way_back_was_walked(transcript):
    assert re.search(r"^rolled back churn from 0\.2\.0 to 0\.1\.0 in stage dev", transcript, re.M)
