"""`mops gateway` by TLS: against curl, openssl, wrk and Python's ssl; certificates of all kinds, and clients that never finish a handshake."""
import contextlib
import datetime
import http.client
import os
import re
import socket
import ssl
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from debian_programs import debian, debian_program
from gateways import Gateway, Upstream, closed, version
from world import wait_for


def write_certificate(folder, kind, name="localhost"):
    """A certificate of its own that openssl makes."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", kind, *(["-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else []), "-nodes", "-days", "2", "-subj",
                    f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout", folder / "fresh-key.pem", "-out", folder / "fresh-cert.pem"],
                   check=True, capture_output=True)
    (folder / "fresh-key.pem").rename(folder / "key.pem")
    (folder / "fresh-cert.pem").rename(folder / "cert.pem")


def tls_gateway(upstream, folder, **limits):
    return Gateway({"primary": version("1.0.0", upstream)}, tls={"certificate": str(folder / "cert.pem"), "key": str(folder / "key.pem")}, limits=limits)


@pytest.mark.parametrize("kind", ["ec", "rsa:2048"])
def test_tls_with_curl_and_openssl(tmp_path, kind):
    write_certificate(tmp_path, kind)
    body = tmp_path / "body"
    body.write_bytes(os.urandom(2_000_000))
    with Upstream(behave=lambda handler, got: handler.answer(200, got)) as one, tls_gateway(one, tmp_path) as gateway:
        url = f"https://127.0.0.1:{gateway.port}/v2/models/m/infer"
        for options in (["--tlsv1.3"], ["--tls-max", "1.2"], ["--http1.1"]):
            out = tmp_path / "out"
            answer = gateway.curl("--cacert", tmp_path / "cert.pem", *options, "--data-binary", f"@{body}", "-o", out, "-o", tmp_path / "second",
                                  "-w", "%{http_code} %{http_version} %{num_connects}\n", url, url)
            assert answer.stdout == "200 1.1 1\n200 1.1 0\n", answer
            assert out.read_bytes() == (tmp_path / "second").read_bytes() == body.read_bytes()
        assert gateway.curl("--cacert", tmp_path / "cert.pem", "--tls-max", "1.1", url).returncode == 35
        plain = gateway.curl("-i", "-d", "x", f"http://127.0.0.1:{gateway.port}/v2/models/m/infer")
        assert plain.stdout.startswith("HTTP/1.1 400 ") and "this port speaks TLS; ask by `https://`" in plain.stdout, plain
        context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", gateway.port, context=context)) as connection:
            for _ in range(20):
                assert gateway.ask(body=b"small", connection=connection)[2] == b"small"


def test_a_certificate_is_replaced_without_closing_connections(tmp_path):
    write_certificate(tmp_path, "ec")
    with Upstream() as one, tls_gateway(one, tmp_path) as gateway:
        context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", gateway.port, context=context)) as connection:
            assert gateway.ask(connection=connection)[0] == 200
            (tmp_path / "cert.pem").write_text("no certificate\n")
            wait_for(lambda: "the certificate stays as it was" in gateway.log.read_text(), "the refusal")
            write_certificate(tmp_path, "ec", "other.example")
            wait_for(lambda: gateway.log.read_text().rstrip().endswith("cert.pem`"), "the new certificate to be taken over")
            with pytest.raises(ssl.SSLCertVerificationError):
                gateway.ask(connection=http.client.HTTPSConnection("127.0.0.1", gateway.port, context=context))
            fresh = ssl.create_default_context(cafile=tmp_path / "cert.pem")
            assert gateway.ask(connection=http.client.HTTPSConnection("127.0.0.1", gateway.port, context=fresh))[0] == 200
            assert gateway.ask(connection=connection)[0] == 200


def ask_at_once(gateway, context):
    """Milliseconds until an answer over a connection that stands."""
    with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", gateway.port, context=context)) as connection:
        gateway.ask(connection=connection)
        while True:
            before = time.monotonic()
            assert gateway.ask(connection=connection)[0] == 200
            yield (time.monotonic() - before) * 1000


def client_hello(context):
    """The first bytes of a client that means it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_handshakes_have_a_deadline_and_hold_nobody_up(tmp_path):
    write_certificate(tmp_path, "rsa:2048")
    context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    with Upstream() as one, tls_gateway(one, tmp_path, handshake_seconds=0.5) as gateway:
        began = time.monotonic()
        silent = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(50)]
        hello = client_hello(context)
        for connection in silent[:25]:
            connection.sendall(hello[:100])
        assert gateway.ask(connection=http.client.HTTPSConnection("127.0.0.1", gateway.port, context=context))[0] == 200
        # A byte now and then does not earn a client more time.
        while time.monotonic() - began < 0.4:
            silent[0].sendall(hello[100:101])
            time.sleep(0.1)
        assert all(closed(connection) for connection in silent)
        wait_for(lambda: gateway.open_connections(context) == 1, "the gateway to forget them")


def test_a_rush_of_handshakes_leaves_connections_that_stand_their_turn(tmp_path):
    write_certificate(tmp_path, "rsa:4096")
    context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    with Upstream() as one, tls_gateway(one, tmp_path, handshake_seconds=20) as gateway:
        asking = ask_at_once(gateway, context)
        hello = client_hello(context)
        rush = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(300)]
        cpu = gateway.cpu_seconds()
        for connection in rush:
            connection.sendall(hello)
        slowest = max(next(asking) for _ in range(5))
        for connection in rush:
            assert connection.recv(1) == b"\x16"
        took = (gateway.cpu_seconds() - cpu) * 1000
        # All handshakes in one turn would hold the answer up for as long as they take together.
        assert slowest < took / 2, (slowest, took)


def test_wrk_over_tls_while_the_certificate_is_replaced(tmp_path):
    write_certificate(tmp_path, "ec")
    with Upstream() as one, tls_gateway(one, tmp_path) as gateway:
        wrk = subprocess.Popen([debian_program("wrk"), "-t1", "-c8", "-d2", f"https://127.0.0.1:{gateway.port}/v2/models/m"], stdout=subprocess.PIPE, text=True, env=debian.variables())
        for count in range(1, 4):
            write_certificate(tmp_path, "ec")
            wait_for(lambda: gateway.log.read_text().count("took over `") == count, "the new certificate to be taken over")
        out, _ = wrk.communicate(timeout=30)
        assert int(re.search(r"(\d+) requests in", out)[1]) > 100 and "Socket errors" not in out and "Non-2xx" not in out, out


def openssl(folder, *words, text=None):
    return subprocess.run(["openssl", *map(str, words)], cwd=folder, input=text, capture_output=True, text=True, check=True).stdout


def test_a_chain_goes_to_the_client_whole(tmp_path):
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(tmp_path, "req", "-x509", *made, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=root", "-days", "3")
    for name, signer, extension in [("middle", "root", "basicConstraints=critical,CA:TRUE"), ("leaf", "middle", "subjectAltName=DNS:localhost")]:
        (tmp_path / "extension").write_text(extension)
        openssl(tmp_path, "req", *made, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(tmp_path, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", "2",
                "-extfile", "extension")
    (tmp_path / "cert.pem").write_text((tmp_path / "leaf.pem").read_text() + (tmp_path / "middle.pem").read_text())
    (tmp_path / "leaf.key").rename(tmp_path / "key.pem")
    with Upstream() as one, tls_gateway(one, tmp_path) as gateway:
        request = "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        said = openssl(tmp_path, "s_client", "-connect", f"127.0.0.1:{gateway.port}", "-CAfile", "root.pem", "-verify_hostname", "localhost", "-verify_return_error", "-ign_eof",
                       "-alpn", "h2,http/1.1", text=request)
        assert "Verify return code: 0 (ok)" in said and "ALPN protocol: http/1.1" in said and "HTTP/1.1 200 OK" in said, said


def day(today, shift):
    return (today + datetime.timedelta(shift)).date().isoformat()


def sign_for_days(folder, first, last):
    """The key signs itself a certificate that is valid between two times."""
    key = serialization.load_pem_private_key((folder / "key.pem").read_bytes(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, first, last).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def check(folder):
    (folder / "routes.yaml").write_text("format: routes/v1\nlisten: 127.0.0.1:0\ntls: {certificate: cert.pem, key: key.pem}\nmodels: []\n")
    answer = subprocess.run([os.environ["MOPS"], "gateway", "routes.yaml", "--check"], cwd=folder, capture_output=True, text=True)
    return answer.returncode, answer.stderr


def test_certificates_that_cannot_be_used(tmp_path):
    refused = "error: `cert.pem` and `key.pem` cannot be used for TLS\n  because: "
    write_certificate(tmp_path, "ec")
    assert check(tmp_path)[0] == 0
    mine, key = (tmp_path / "cert.pem").read_text(), (tmp_path / "key.pem").read_text()
    write_certificate(tmp_path, "ec")
    (tmp_path / "cert.pem").write_text(mine)
    assert check(tmp_path) == (2, refused + "the key is not that of the certificate\n")
    (tmp_path / "key.pem").write_text(key)
    (tmp_path / "cert.pem").write_text(mine + mine.replace("MII", "???"))
    assert check(tmp_path) == (2, refused + "a certificate of the chain cannot be read\n")
    (tmp_path / "cert.pem").write_text(mine)
    (tmp_path / "key.pem").write_text(openssl(tmp_path, "pkcs8", "-topk8", "-in", "key.pem", "-passout", "pass:secret"))
    assert check(tmp_path) == (2, refused + "the key of the certificate cannot be read\nhelp: write it in PEM, without a password\n")
    (tmp_path / "key.pem").write_text(key)
    today = datetime.datetime.now(datetime.timezone.utc)
    for first, last, why in [(-9, -2, f"the certificate expired on {day(today, -2)}\n"), (2, 9, f"the certificate is not valid before {day(today, 2)}\nhelp: compare with `date`\n")]:
        sign_for_days(tmp_path, today + datetime.timedelta(first), today + datetime.timedelta(last))
        assert check(tmp_path) == (2, refused + why)
    (tmp_path / "cert.pem").unlink()
    assert check(tmp_path)[0] == 2 and "cert.pem" in check(tmp_path)[1]
