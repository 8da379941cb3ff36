"""A rehearsed rollback: both versions answer under live requests, none is lost, and the route is as before."""
import os
import pathlib
import re
import signal

from world import Traffic, wait_for


def test_a_drill_loses_no_request_and_changes_nothing(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.done("promote", "line@1.1.0", "-m", "second")
    before = platform.model()
    serving = platform.served()
    with Traffic(platform.listen, rate=500) as traffic:
        traffic.wait_for_more(200)
        answer = platform.done("drill", "line")
        traffic.wait_for_more(200)
    assert traffic.failures == []
    values = [y for _, y in traffic.answers]
    # Both answered, and the primary has it back.
    assert set(values) == {1.0, 1.002} and values[-1] == 1.002
    assert re.fullmatch(r"rehearsed the rollback of line 1\.1\.0 in stage dev: [0-9.]+ ms there, [0-9.]+ ms back \(record \S+\)\n", answer.out), answer
    record = platform.history()[-1]
    assert (record["kind"], record["to"], record["from"], record["reason"]) == ("drill", record["from"], record["to"], "rehearsal")
    assert 0 < record["drill"]["there_ms"] < 5000 and 0 < record["drill"]["back_ms"] < 5000
    after = platform.model()
    assert [after[key]["version"] for key in ("primary", "standby")] == ["1.1.0", "1.0.0"]
    assert (after["since"], after["withdrawn"], after["candidate"]) == (before["since"], [], None)
    assert platform.served() == serving
    assert re.search(r" drill +1\.1\.0 +1\.1\.0 +ada +rehearsal \([0-9.]+ ms there, [0-9.]+ ms back\)$", platform.done("history").out, re.MULTILINE)
    assert platform.git("tag", "--list", "line#*").split() == ["line#dev#1", "line#dev#2", "line#dev#3"]
    platform.done("audit")
    platform.done("rollback", "line", "-m", "for real")
    assert platform.ask() == (200, 1.0)


def test_a_drill_without_a_way_back(platform):
    platform.refused(2, "no version of `line` serves in stage `dev`", "drill", "line")
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.refused(1, "there is no version before line@1.0.0 to go back to", "drill", "line")
    [pid] = platform.served()
    platform.done("promote", "line@1.1.0", "-m", "second")
    server = pathlib.Path(platform.served()[pid]) / "server"
    server.rename(server.with_name("away"))
    os.kill(pid, signal.SIGKILL)
    platform.refused(1, "the way back is not there: line@1.0.0 stands by, and is not ready", "drill", "line")
    assert platform.ask() == (200, 1.002)
    assert [r["kind"] for r in platform.history()] == ["promote", "promote"]
    server.with_name("away").rename(server)
    # The supervisor sees a death up to a tenth of a second later, and says ready until then.
    wait_for(lambda: len(platform.served().keys() - {pid}) == 2, "the standby to be started again")
    wait_for(lambda: platform.model()["standby"]["state"] == "ready", "the standby to come back")
    platform.done("drill", "line")
