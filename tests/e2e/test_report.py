"""The page about a certification: valid to a strict parser, drawn by a real browser without network, and true."""
import base64
import json
import re
import shutil
import struct
import subprocess
import zlib

import html5lib
import pytest

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


def browser(world, page, *words):
    """Nothing is reachable for it. What a page cannot do is told on the console."""
    done = subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND",
                           "--enable-logging=stderr", f"--user-data-dir={world.root / 'browser'}", *words, page.as_uri()],
                          capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "CONSOLE" not in done.stderr.decode(errors="replace"), done.stderr[-2000:]
    return done.stdout.decode()


def pixels(png):
    """How often each colour is there, of a PNG as browsers write it: 8 bits, RGB or RGBA, not interlaced."""
    data = png.read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind in (2, 6)) == (8, True)
    packed, at = b"", 8
    while at < len(data):
        length, name = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if name == b"IDAT" else b""
        at += length + 12
    step = 3 if kind == 2 else 4
    raw, before, counts = zlib.decompress(packed), bytes(width * step), {}
    for row in range(height):
        begin = row * (width * step + 1)
        line = bytearray(raw[begin + 1:begin + 1 + width * step])
        for i in range(len(line)):
            left, up = (line[i - step] if i >= step else 0), before[i]
            corner = before[i - step] if i >= step else 0
            nearest = min((abs(up - corner), 0, left), (abs(left - corner), 1, up), (abs(left + up - 2 * corner), 2, corner))[2]
            line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[raw[begin]]) & 255
        for i in range(0, len(line), step):
            colour = bytes(line[i:i + 3])
            counts[colour] = counts.get(colour, 0) + 1
        before = line
    return counts


@pytest.fixture
def page(world):
    path = world.root / "report.html"
    answer = world.done("certificate", "report", "1.1.0", "--against", "1.0.0", "--output", path)
    assert answer.out == "" and answer.err.startswith("All "), answer
    return path


def test_a_strict_parser_takes_it(page):
    html5lib.HTMLParser(strict=True).parse(page.read_text())


def test_it_names_nothing_outside(page):
    text = page.read_text()
    assert re.findall(r"(?:src|href|url\()\s*=?\s*[\"']?(?!data:)[a-z]+:", text) == []
    assert "<script" not in text


@needs_chromium
@pytest.mark.parametrize("scheme, paper, ink", [(1, b"\xff\xff\xff", b"\x25\x63\xad"), (0, b"\x14\x18\x1c", b"\x6a\xa9\xf0")], ids=["light", "dark"])
def test_a_browser_draws_it(world, page, scheme, paper, ink):
    picture = world.root / "page.png"
    browser(world, page, f"--blink-settings=preferredColorScheme={scheme}", "--window-size=900,4200", f"--screenshot={picture}")
    counts = pixels(picture)
    assert max(counts, key=counts.get) == paper
    assert counts.get(ink, 0) > 300, "the lines of the charts"
    assert len(counts) > 50, "text"


@needs_chromium
def test_what_it_says_is_what_was_certified(world, page):
    dom = browser(world, page, "--dump-dom")
    text = re.sub(r"<[^>]+>", "\n", dom)
    assert "line 1.1.0" in text and "Compared with 1.0.0" in text
    path = re.search(r"evidence/\w+/certification-\w+\.json", text)[0]
    envelope = json.loads(world.git("show", f"line@v1.1.0:{path}"))
    predicate = json.loads(base64.b64decode(envelope["payload"]))["predicate"]
    for check in predicate["mops_certification"]["checks"]:
        assert check["name"] in text
    plain = world.done("certificate", "report", "1.1.0", "--against", "1.0.0", "--format", "markdown").out.replace("\\_", "_")
    rows = [line.split(" | ") for line in plain.splitlines() if line.startswith("| metrics/")]
    assert [row[0][2:] for row in rows] == [check["name"] for check in predicate["mops_certification"]["checks"] if check["name"].startswith("metrics/")]
    assert "### Compared with 1.0.0" in plain


@needs_chromium
def test_it_prints(world, page):
    paper = world.root / "page.pdf"
    browser(world, page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    data = paper.read_bytes()
    assert data.startswith(b"%PDF-")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 8


def evidence_of(world):
    """The newest certification of the payload on the disk, and the numbers beside it."""
    folder = world.repository / "evidence" / world.done("payload", "--digest").out.strip()[:12]
    [numbers] = folder.glob("*.measurements.json")
    return numbers.with_name(numbers.name.replace(".measurements", "")), numbers


def test_curves_that_are_not_those_that_were_signed_are_not_drawn(world):
    _, numbers = evidence_of(world)
    name = numbers.relative_to(world.repository)
    assert "<svg" in world.done("certificate", "report").out
    numbers.write_text(numbers.read_text().replace('"curves"', '"curve"'))
    answer = world.done("certificate", "report")
    assert f"warning: `{name}` is not the file that was signed: no curves are drawn" in answer.err
    assert "<svg" not in answer.out
    numbers.unlink()
    assert f"warning: `{name}` is not here: no curves are drawn" in world.done("certificate", "report").err


def test_a_certificate_that_was_changed_is_refused(world):
    envelope, _ = evidence_of(world)
    content = json.loads(envelope.read_text())
    payload = bytearray(base64.b64decode(content["payload"]))
    payload[payload.index(b"PASSED")] ^= 1
    envelope.write_text(json.dumps(content | {"payload": base64.b64encode(payload).decode()}))
    world.refused(1, "trusted keys verifies it", "certificate", "report", envelope.relative_to(world.repository))
