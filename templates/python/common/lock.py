"""Names the model's weights by content in `mops.lock`. Training ends with it."""

import hashlib
from pathlib import Path

HERE = Path(__file__).resolve().parent


def write_lock(*artifacts: Path) -> None:
    lines = ["# yaml-language-server: $schema=.mops/schemas/lock-v1.json", "format: lock/v1", "artifacts:"]
    for path in sorted(artifacts):
        content = path.read_bytes()
        lines.append(f"  - path: {path.relative_to(HERE).as_posix()}")
        lines.append(f"    sha256: {hashlib.sha256(content).hexdigest()}")
        lines.append(f"    size: {len(content)}")
    (HERE / "mops.lock").write_text("\n".join(lines) + "\n", encoding="utf-8")
