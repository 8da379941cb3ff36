"""The rooms include what ARCHITECTURE.md allows, and third-party libraries stay behind their walls."""
import re

def allowed_edges(source):
    edges = {}
    for line in (source / "ARCHITECTURE.md").read_text().splitlines():
        match = re.fullmatch(r"\| (\w+) \| [^|]+ \| ([a-z_ ]*)\|", line)
        if match and match[1] != "room":
            edges[match[1]] = set(match[2].split())
    return edges

def room_files(source):
    return [path for path in (source / "lib").rglob("*") if path.suffix in (".h", ".cpp", ".c")]

def test_every_room_is_in_the_table(source):
    rooms = {path.name for path in (source / "lib").iterdir() if path.is_dir()}
    assert rooms == set(allowed_edges(source))

def test_rooms_include_what_the_table_says_and_nothing_else(source):
    edges = allowed_edges(source)
    wrong = []
    unused = {room: set(needs) for room, needs in edges.items()}
    for path in room_files(source):
        room = path.relative_to(source / "lib").parts[0]
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#include "([^"/]+)/', line)
            if match and match[1] != room:
                unused[room].discard(match[1])
                if match[1] not in edges[room]:
                    wrong.append(f"{path.relative_to(source)}:{number}: {room} may not include {match[1]}")
    assert wrong == []
    assert {room: needs for room, needs in unused.items() if needs} == {}

def test_the_table_has_no_cycle(source):
    edges = allowed_edges(source)
    done = set()
    while len(done) < len(edges):
        ready = {room for room, needs in edges.items() if room not in done and needs <= done}
        assert ready, f"a cycle among {set(edges) - done}"
        done |= ready

def test_cmake_links_the_same_edges(source):
    for room, needs in allowed_edges(source).items():
        text = (source / "lib" / room / "CMakeLists.txt").read_text()
        match = re.search(r"mops_room\(\s*\w+(?:\s+ROOMS([a-z_\s]*))?", text)
        assert set((match[1] or "").split()) <= needs, room

THIRD_PARTY = r"#include <(CLI/|git2|yaml\.h|yaml-cpp|curl/|openssl/|sqlite3|nlohmann|simdjson|pcre2|fast_float|utf8proc|archive|doctest)"

def test_no_third_party_header_in_a_header(source):
    wrong = [str(path.relative_to(source)) for folder in ("lib", "cli") for path in (source / folder).rglob("*.h")
             if re.search(THIRD_PARTY, path.read_text()) and path.name != "curl_api.h"]
    assert wrong == []

def test_each_library_is_included_in_one_file_per_room(source):
    users = {}
    for folder in ("lib", "cli"):
        for path in (source / folder).rglob("*.cpp"):
            for library in set(re.findall(THIRD_PARTY, path.read_text())):
                users.setdefault((path.parent.name, library), []).append(path.name)
    several = {key: names for key, names in users.items() if len(names) > 1}
    assert several == {}

def test_nothing_in_lib_names_a_language(source):
    wrong = [f"{path.relative_to(source)}:{number}" for path in room_files(source)
             for number, line in enumerate(path.read_text().splitlines(), 1) if "python" in line.lower()]
    assert wrong == []

def test_no_std_regex(source):
    assert [str(path) for path in room_files(source) if "#include <regex>" in path.read_text()] == []

def test_files_stay_small(source):
    long = {str(path.relative_to(source)): count for folder in ("lib", "cli") for path in (source / folder).rglob("*")
            if path.suffix in (".h", ".cpp") and (count := len(path.read_text().splitlines())) > 600}
    assert long == {}
