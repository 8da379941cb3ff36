"""What a program takes, without what was taken by the one that started it: Linux keeps the high-water mark of memory across exec, so a
small interpreter starts it, not this one."""
import json
import subprocess
import sys

STARTER = """
import json, os, sys, time
null = os.open(os.devnull, os.O_RDWR)
begin = time.perf_counter()
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
_, status, usage = os.wait4(pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


def of(command, folder):
    """Exit code, wall seconds, CPU seconds, and the most memory in MiB (never less than the 9 or so of the starter)."""
    words = [sys.executable, "-I", "-S", "-c", STARTER, *map(str, command)]
    return json.loads(subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout)
