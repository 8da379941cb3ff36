"""The page \"Upgrade and downgrade\" of the manual: every command in it works, as it is written and in its order."""
import json
import pathlib
import re
import shlex
import subprocess

from world import Traffic, wait_for

PAGE = pathlib.Path(__file__).resolve().parents[2] / "man" / "mops-upgrade-and-downgrade.7"


def commands():
    blocks = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return [line.replace("\\-", "-") for block in blocks for line in block.splitlines()]


def test_every_command_of_the_page_works(platform):
    lines = commands()
    assert len(lines) == 14 and all(line.startswith("mops ") for line in lines), lines
    hub = platform.root / "hub.git"
    subprocess.run(["git", "init", "-q", "--bare", hub], env=platform.variables, check=True)
    platform.git("remote", "add", "origin", str(hub))
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        platform.done("promote", f"line@{version}", "-m", "before the page begins", "--no-push")
    with Traffic(platform.listen, rate=200) as traffic:
        for line in lines:
            # The page's model is churn, and its reader has more time.
            words = shlex.split(line.replace("churn", "line").replace("--step-time 60", "--step-time 0.2 --step-requests 5"))[1:]
            if words == ["up", "-d"]:
                platform.kill_platform()
                words += ["--listen", platform.listen]
                wait_for(lambda: traffic.failures, "clients to notice")
            elif traffic.failures and "up" not in words:
                traffic.failures.clear()
            answer = platform.done(*words)
            if words[0] in ("promote", "rollback") and "--dry-run" not in words:
                assert answer.out.startswith(("promoted line", "rolled back line")), answer
            if words[:2] == ["up", "-d"]:
                platform.platform_pid = json.loads(platform.done("status", "--format", "json").out)["pid"]
                wait_for(lambda: platform.ask()[0] == 200, "the route")
                traffic.failures.clear()
            assert traffic.failures == [], line
    kinds = [(r["kind"], r["to"]["version"]) for r in platform.history()][3:]
    assert kinds == [("rollback", "1.1.0"), ("rollback", "1.0.0"), ("promote", "1.1.0"), ("promote", "1.2.0"), ("drill", "1.2.0"), ("promote", "1.1.0")], kinds


def test_the_page_is_printed(empty):
    assert empty.done("man", "upgrade-and-downgrade").out == PAGE.read_text()
