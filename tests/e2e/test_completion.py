"""What each shell offers after `mops completion SHELL`: asked in the shell itself."""
import os
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

MOPS = os.environ["MOPS"]
SHELLS = ["bash", "zsh", "fish"]

# What is typed, and what is offered then. In the folder: key.pem, keep.txt, draft.txt, data/, deploy/.
CASES = {
    "mops pro": {"promote"},
    "mops ro": {"rollback"},
    "mops -v sta": {"status"},
    "mops help roll": {"rollback"},
    "mops no": {"notes"},
    "mops notes ": {"draft"},
    "mops policy r": {"rules"},
    "mops notes draft --p": {"--print"},
    "mops policy rules --f": {"--format"},
    "mops up --st": {"--stages", "--state"},
    "mops promote --mes": {"--message"},
    "mops promote churn@1.0.0 --no": {"--no-push"},
    "mops certify --format ": {"text", "json", "junit", "github"},
    "mops certify --format=j": {"json", "junit"},
    "mops check --level pro": {"production", "prototype"},
    "mops check data --format con": {"concise"},
    "mops status --color ": {"always", "auto", "never"},
    "mops certify --key k": {"keep.txt", "key.pem"},
    "mops release --evidence ke": {"keep.txt", "key.pem"},
    "mops payload d": {"data", "deploy"},
    "mops down --state d": {"data", "deploy"},
    "mops completion ": {"bash", "fish", "zsh"},
    "mops completion b": {"bash"},
    "mops man notes": {"notes-draft"},
    "mops rollback ": set(),
    "mops promote churn@1.0.0 -m ": set(),
}


def run(*arguments):
    return subprocess.run([MOPS, *arguments], check=True, capture_output=True, text=True).stdout


def ask_bash(script, folder, lines):
    program = f'source {script}\n' + r'''
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mops; printf '%s\n' "${COMPREPLY[@]}"; echo END; }
'''
    for line in lines:
        words = [part for word in line.split(" ") for part in re.split(r"(?<=.)(=)", word) if part or "=" not in word]
        program += "ask " + " ".join(f"'{word}'" for word in words) + "\n"
    answer = subprocess.run(["bash", "--norc", "-uc", program], cwd=folder, check=True, capture_output=True, text=True)
    assert answer.stderr == ""
    return [block.split("\n") for block in answer.stdout.split("END\n")[:-1]]


def ask_fish(script, folder, lines):
    program = f"source {script}\n" + "".join(f"complete -C '{line}'; echo END\n" for line in lines)
    variables = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "share")}
    answer = subprocess.run(["fish", "--no-config", "-c", program], cwd=folder, env=variables, check=True, capture_output=True, text=True)
    assert answer.stderr == ""
    offers = [[row.split("\t")[0] for row in block.split("\n")] for block in answer.stdout.split("END\n")[:-1]]
    # fish 4 adds what holds the word elsewhere than at its begin, and shows it after the rest.
    return [[word for word in words if word.startswith(line.split(" ")[-1])] for line, words in zip(lines, offers, strict=True)]


# Completion of zsh works only in its line editor: what it adds is printed as well.
ZSHRC = r'''
PROMPT= RPROMPT= 
setopt no_beep
autoload -Uz compinit && compinit -u -D
source SCRIPT
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits; local hit
    builtin compadd -A hits "$@"
    for hit in $hits; do print -r -- "HIT<$hit>"; done
    builtin compadd "$@"
}
say_end() { print -r -- "END<>" }
before() { comppostfuncs=(say_end) }
compprefuncs=(before)
rearm() { compprefuncs=(before) }
ask() { rearm; zle complete-word; zle kill-whole-line }
zle -N ask
bindkey '^I' ask
print -r -- "END<>"
'''


def ask_zsh(script, folder, lines):
    (folder / "zdotdir").mkdir()
    (folder / "zdotdir" / ".zshrc").write_text(ZSHRC.replace("SCRIPT", str(script)))
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-d", "-i"], {**os.environ, "ZDOTDIR": str(folder / "zdotdir"), "TERM": "dumb", "COLUMNS": "200"})
    said = ""

    def until_end():
        nonlocal said
        deadline = time.monotonic() + 60
        while "END<>" not in said:
            ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"zsh does not answer: {said}"
            said += os.read(terminal, 65536).decode()
        answer, said = said.split("END<>", 1)
        return answer

    try:
        until_end()
        answers = []
        for line in lines:
            os.write(terminal, (line + "\t").encode())
            answers.append(re.findall(r"HIT<(.*?)>", until_end()))
        return answers
    finally:
        os.write(terminal, b"\x15exit\n")
        os.close(terminal)
        os.waitpid(child, 0)


@pytest.fixture(params=SHELLS)
def ask(request, tmp_path):
    """Returns what the shell offers for each line, as a set of words."""
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    folder = tmp_path / "model"
    for name in ("data", "deploy"):
        (folder / name).mkdir(parents=True)
    for name in ("key.pem", "keep.txt", "draft.txt"):
        (folder / name).write_text("")
    script = tmp_path / f"mops.{shell}"
    script.write_text(run("completion", shell))
    offer = {"bash": ask_bash, "zsh": ask_zsh, "fish": ask_fish}[shell]

    def words_for(lines):
        answers = offer(script, folder, lines)
        assert len(answers) == len(lines)
        return [{re.sub(r"^--\w+=(?=.)|[/=]$", "", word.strip()) for word in words if word.strip()} for words in answers]

    return words_for


def test_offers(ask):
    lines = list(CASES)
    assert dict(zip(lines, ask(lines))) == CASES


def test_every_verb_and_every_option_is_offered(ask):
    verbs = re.findall(r"^  (\S+(?: [a-z]+)?)  ", run("help").split("Verbs:\n")[1], re.MULTILINE)
    assert len(verbs) > 15
    options = {verb: set(re.findall(r"^  (?:-\w, )?(--[a-z0-9-]+)", run(*verb.split(), "--help"), re.MULTILINE)) for verb in verbs}
    answers = ask(["mops "] + [f"mops {verb} --" for verb in verbs])
    assert {verb.split()[0] for verb in verbs} <= answers[0]
    assert dict(zip(verbs, answers[1:])) == options


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_have_no_syntax_errors(tmp_path, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    script = tmp_path / shell
    script.write_text(run("completion", shell))
    subprocess.run([shell, "-n", script], check=True)
