"""A private world for one test: folders, variables, a repository, a platform, and what must not be left behind."""
import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

FIXTURE = pathlib.Path(__file__).parent / "fixtures" / "native_model" / "repository"
DEADLINE = 30


def wait_for(condition, what, seconds=DEADLINE):
    """The first true value of `condition()`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.005)


def gone(pid):
    """Whether that process has ended, even if nobody has asked yet how."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


@dataclasses.dataclass
class Answer:
    code: int
    out: str
    err: str

    def __str__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class World:
    """Everything that a test touches is below `root`, whose path is short: a Unix socket's has at most 107 bytes."""

    def __init__(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="mops-e2e-"))
        self.home = self.root / "home"
        self.state = self.root / "state"
        self.repository = self.root / "line"
        self.listen = None
        self.platform_pid = None
        self.mounted = []
        self.home.mkdir()
        # No language runtime: what works here needs none.
        self.programs = self.root / "bin"
        self.programs.mkdir()
        for program in ("git", "uname"):
            (self.programs / program).symlink_to(shutil.which(program))
        person = {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER") for part, text in (("NAME", "Ada"), ("EMAIL", "ada@example.com"))}
        self.variables = {"HOME": str(self.home), "PATH": str(self.programs), "USER": "ada", "LANG": "C.UTF-8", "MOPS_STATE": str(self.state),
                          "GIT_CONFIG_NOSYSTEM": "1", **person}

    # Programs

    def start(self, *words, **options):
        options = {"cwd": self.repository if self.repository.exists() else self.root, "env": self.variables, "stdin": subprocess.DEVNULL,
                   "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
        return subprocess.Popen([os.environ["MOPS"], *map(str, words)], **options)

    def finish(self, process, seconds=DEADLINE):
        out, err = process.communicate(timeout=seconds)
        return Answer(process.returncode, out, err)

    def mops(self, *words, **options):
        return self.finish(self.start(*words, **options))

    def done(self, *words, **options):
        """As `mops`, for what must succeed."""
        answer = self.mops(*words, **options)
        assert answer.code == 0, answer
        return answer

    def refused(self, code, text, *words, **options):
        """As `mops`, for what must fail: with that code, and with one error that says that."""
        answer = self.mops(*words, **options)
        assert (answer.code, text in answer.err) == (code, True), f"wanted exit {code} and: {text}\ngot {answer}"
        assert len(re.findall("^(error|stopped): ", answer.err, re.MULTILINE)) == 1, answer
        return answer

    def git(self, *words):
        return subprocess.run(["git", *words], cwd=self.repository, env=self.variables, check=True, capture_output=True, text=True).stdout

    # The repository

    def commit(self, message="a step"):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def new_repository(self):
        """The straight line of the fixtures, with its server in it; not yet committed."""
        shutil.copytree(FIXTURE, self.repository)
        shutil.copy(pathlib.Path(os.environ["MOPS_BIN"]) / "native_model", self.repository / "server")
        self.git("init", "-q", "-b", "main")

    def edit(self, path, old, new):
        file = self.repository / path
        text = file.read_text()
        assert old in text, f"{path} has no {old}"
        file.write_text(text.replace(old, new))

    def set_weights(self, intercept):
        """A version of its own; answers for x = 0 by `intercept`."""
        text = json.dumps({"slope": 2, "intercept": intercept}) + "\n"
        (self.repository / "model" / "weights.json").write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        (self.repository / "mops.lock").write_text(f"format: lock/v1\nartifacts:\n  - {{path: model/weights.json, sha256: {digest}, size: {len(text)}}}\n")

    def release(self, version):
        """Certifies what is in the work tree, and releases it."""
        self.commit(f"model of {version}")
        self.done("certify")
        self.done("notes", "draft", version, "-m", "as certified")
        self.commit(f"evidence of {version}")
        self.done("release", version)

    # The platform

    def up(self, *words, **options):
        answer = self.done("up", "-d", "--listen", "127.0.0.1:0", *words, **options)
        self.listen = re.search(r"serves on http://(\S+)", answer.err)[1]
        self.platform_pid = int(re.search(r"process (\d+)", answer.err)[1])
        return answer

    def kill_platform(self):
        """kill -9, and waits until the kernel has let go of what it held."""
        os.kill(self.platform_pid, signal.SIGKILL)
        wait_for(lambda: gone(self.platform_pid), "the platform to end")

    def status(self):
        """The one stage of the platform."""
        return json.loads(self.done("status", "--format", "json").out)["stages"][0]

    def journal_faults(self):
        return json.loads(self.done("status", "--format", "json").out)["journal_faults"]

    def model(self):
        models = self.status()["models"]
        return models[0] if models else {}

    def history(self):
        return json.loads(self.done("history", "--format", "json").out)["records"]

    def ask(self, x=0.0, model="line"):
        """What the gateway answers: (status, y or None)."""
        with contextlib.closing(http.client.HTTPConnection(self.listen, timeout=10)) as connection:
            return ask_on(connection, x, model)

    def ask_many(self, count):
        """The y of so many requests, one after the other on one connection."""
        with contextlib.closing(http.client.HTTPConnection(self.listen, timeout=10)) as connection:
            return [ask_on(connection, 0.0)[1] for _ in range(count)]

    def copy_of(self, version):
        """The platform's copy of that version's payload, of the only model that has it."""
        [payload] = {record["to"]["payload"] for record in self.history() if record["to"]["version"] == version and record["model"] == self.repository.name}
        return self.state / "versions" / payload / "payload"

    def journal_by_hand(self, sql):
        """What the triggers forbid, done all the same."""
        with contextlib.closing(sqlite3.connect(self.state / "platform.sqlite")) as database:
            for operation in ("replace", "update", "delete"):
                database.execute(f"DROP TRIGGER IF EXISTS journal_is_append_only_{operation}")
            database.execute(sql)
            database.commit()

    # What is left behind

    def served(self):
        """Processes that run in a version's folder: {pid: folder}."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                folder = os.readlink(entry / "cwd").removesuffix(" (deleted)")
                if folder.startswith(str(self.state.resolve()) + "/"):
                    found[int(entry.name)] = folder
        return found

    def leftovers(self):
        """Names below the folders that are for passing use only."""
        return [f"{folder}/{path.name}" for folder in ("incoming", "certify", "rehearsals") if (self.state / folder).exists()
                for path in (self.state / folder).iterdir()]

    def assert_nothing_left(self, serving=0):
        # A version that has left its route ends a moment later.
        wait_for(lambda: len(self.served()) == serving, f"{serving} serving processes, there are {self.served()}")
        assert self.leftovers() == []

    def mount_small_disk(self, folder, size):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder], check=True, capture_output=True)
        self.mounted.append(folder)

    def close(self):
        # A test that failed may leave a platform that does not stop: it is killed below, and its own failure is what is told.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.mops("down")
        for pid in [self.platform_pid, *self.served()]:
            with contextlib.suppress(OSError, TypeError):
                os.kill(pid, signal.SIGKILL)
        for folder in self.mounted:
            subprocess.run(["umount", "-l", folder], check=True)
        shutil.rmtree(self.root, ignore_errors=True)


def ask_on(connection, x, model="line"):
    body = json.dumps({"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [x]}]})
    connection.request("POST", f"/v2/models/{model}/infer", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    if response.status != 200:
        return response.status, None
    return 200, json.loads(content)["outputs"][0]["data"][0]


class Traffic:
    """An open loop: requests are due at fixed times, whatever became of those before. Each sender keeps its connection."""

    def __init__(self, listen, rate, senders=4):
        self.answers = []   # (time of the answer, y)
        self.failures = []
        self._listen, self._rate, self._senders = listen, rate, senders
        self._ends = threading.Event()
        self._begin = time.monotonic()
        self._threads = [threading.Thread(target=self._send, args=(number,)) for number in range(senders)]

    def _send(self, number):
        connection = http.client.HTTPConnection(self._listen, timeout=10)
        due = self._begin + number / self._rate
        while not self._ends.wait(max(0.0, due - time.monotonic())):
            due += self._senders / self._rate
            try:
                status, y = ask_on(connection, 0.0)
                now = time.monotonic()
                if status == 200:
                    self.answers.append((now, y))
                else:
                    self.failures.append(f"answered {status}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
        connection.close()

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def sent(self):
        return len(self.answers) + len(self.failures)

    def wait_for_more(self, count):
        end = self.sent() + count
        wait_for(lambda: self.sent() >= end, f"{count} more requests")

    def first_answer(self, y, after):
        """When the first answer `y` came after that time."""
        return wait_for(lambda: next((when for when, value in list(self.answers) if value == y and when > after), None), f"an answer {y}")
