"""A client of a language server on standard input and output, as editors have one."""
import itertools
import json
import os
import queue
import subprocess
import threading

import npm


class LanguageServer:
    """yaml-language-server, with its settings as they are out of the box, but without the network."""

    def __init__(self, root):
        program = npm.modules() / "yaml-language-server" / "bin" / "yaml-language-server"
        self._process = subprocess.Popen([npm.node_program(), program, "--stdio"], cwd=root, env={"PATH": os.environ["PATH"], "HOME": str(root)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL)
        self._ids = itertools.count(1)
        self._answers = {}
        self._diagnostics = queue.Queue()
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.request("initialize", {"processId": os.getpid(), "rootUri": root.as_uri(), "workspaceFolders": [{"uri": root.as_uri(), "name": "root"}], "capabilities": {
            "textDocument": {"completion": {"completionItem": {"documentationFormat": ["markdown", "plaintext"]}}, "hover": {"contentFormat": ["markdown", "plaintext"]}},
            "workspace": {"configuration": True, "workspaceFolders": True}}})
        self.notify("initialized", {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def request(self, method, params, seconds=30):
        id = next(self._ids)
        self._answers[id] = queue.Queue()
        self._send({"id": id, "method": method, "params": params})
        answer = self._answers[id].get(timeout=seconds)
        assert "error" not in answer, answer
        return answer["result"]

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    def open(self, path, text=None):
        """What the server says of a document that an editor opens (`text`: and has been typed into)."""
        self.notify("textDocument/didOpen", {"textDocument": {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text() if text is None else text}})
        while True:
            params = self._diagnostics.get(timeout=30)
            if params["uri"] == path.as_uri():
                return params["diagnostics"]

    def _at(self, path, line, character):
        return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": character}}

    def completion(self, path, line, character):
        """Labels, each with its documentation."""
        result = self.request("textDocument/completion", self._at(path, line, character))
        return {item["label"]: item.get("documentation") for item in (result["items"] if isinstance(result, dict) else result)}

    def hover(self, path, line, character):
        result = self.request("textDocument/hover", self._at(path, line, character))
        return result["contents"]["value"] if result else ""

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self._lock:
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self._process.stdin.flush()

    def _read(self):
        while True:
            length = 0
            while (line := self._process.stdout.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                return
            message = json.loads(self._process.stdout.read(length))
            if "method" not in message:
                self._answers[message["id"]].put(message)
            elif message["method"] == "textDocument/publishDiagnostics":
                self._diagnostics.put(message["params"])
            elif "id" in message:
                settings = {"schemaStore": {"enable": False}, "validate": True, "completion": True, "hover": True}
                items = message.get("params", {}).get("items", [])
                wanted = [settings if item.get("section") == "yaml" else None for item in items]
                self._send({"id": message["id"], "result": wanted if message["method"] == "workspace/configuration" else None})
