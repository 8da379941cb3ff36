"""Models whose findings are hard to print: every kind of character in keys, values and paths, files that are not there."""
import random
import shutil

from world import FIXTURE

# Each becomes a key of the manifest that nobody knows, so it is in a message and in a line.
WORDS = ['quote" and \'', "back\\slash", "<a href=\"x\">&amp;", "]]>", "%25 %0A", "a,b:c::d", "::error file=x::y", "[link](1)", "{0} {{x}}", "line\nbreak\r\nhere",
         "nul\0 bell\a escape\x1b[31m", "c1\x85\x9b del\x7f", "tab\tin it", "東京 🚀 e\u0301", "\u202eright to left\u2066", "\u2028 \u2029", "\ufffe \uffff \ufeff", "`ticks`", "$(id) ${x}", "x" * 400]
# Where such a model is in its repository.
FOLDERS = ["plain", "with blank/a #b%c", "ü/東京 🚀", "q'<&>\"", "colon:at/end?", "100%25"]


def text_of(rng, length):
    """Of letters that take no, one or two columns, or two bytes to four."""
    letters = "abc xyz_-.,:;#%&<>'\"\\{}[]()|äöüßéñ東京日本語🚀🎉한글\u0301\u0308\u200d"
    return "".join(rng.choice(letters) for _ in range(length))


def keys_of(seed):
    rng = random.Random(seed)
    return WORDS + [text_of(rng, rng.randrange(1, 60)) for _ in range(20)]


def quoted(key):
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in key) + '"'


def write_model(folder, keys):
    """In which each of those keys is unknown, a number is no version, the card is absent, and a file has no name for notes."""
    shutil.copytree(FIXTURE, folder)
    manifest = folder / "mops.yaml"
    lines = [f"{quoted(key)}: {number}\n" for number, key in enumerate(dict.fromkeys(keys))]
    manifest.write_text(manifest.read_text() + "".join(lines), encoding="utf-8")
    (folder / "model-card.md").unlink()
    (folder / "release-notes" / "we\"ird\n#1 %41.txt").write_text("x")
    notes = next((folder / "release-notes").glob("*.yaml"))
    (folder / "release-notes" / "2.0.0.yaml").write_text(notes.read_text().replace('"0.1.0"', "2.0"))
    lock = (folder / "mops.lock").read_text()
    (folder / "mops.lock").write_text(lock + lock.splitlines()[-1] + "\n")
