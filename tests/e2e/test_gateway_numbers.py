"""What the gateway counts, in the eyes of Prometheus' own tool."""
import subprocess

from debian_programs import debian, debian_program
from gateways import Gateway, Upstream, version


def promtool(text):
    return subprocess.run([debian_program("promtool"), "check", "metrics"], input=text, capture_output=True, text=True, env=debian.variables())


def test_promtool_finds_nothing():
    assert promtool("# TYPE a counter\na 1\na 1\n").returncode != 0
    statuses = iter([200, 404, 500] * 20)
    odd = 'a "quoted" \\ name'
    with Upstream(behave=lambda handler, _: handler.answer(next(statuses), b"{}")) as one:
        routes = {"primary": version(odd, one), "candidates": [version("1.1.0", one)], "weights": {odd: 1, "1.1.0": 1}}
        with Gateway(routes) as gateway:
            empty = promtool(gateway.ask("/metrics", None, "GET")[2].decode())
            assert (empty.returncode, empty.stdout, empty.stderr) == (0, "", "")
            for _ in range(30):
                gateway.ask()
            gateway.ask("/v2/models/unknown/infer")
            _, headers, text = gateway.ask("/metrics", None, "GET")
            assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
            answer = promtool(text.decode())
            assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_what_clients_ask_for_makes_no_series():
    """Names that only a client made up are no labels: their number would have no bound."""
    with Upstream() as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        gateway.ask()
        gateway.ask("/v2/models/a/infer")
        before = set(gateway.metrics())
        for i in range(200):
            assert gateway.ask(f"/v2/models/made-up-{i}/infer")[0] == 404
            assert gateway.ask(f"/v2/models/m/versions/{i}/infer")[0] == 404
            gateway.ask(f"/{i}", headers={f"X-{i}": str(i)})
        assert set(gateway.metrics()) == before
        assert gateway.metrics()['mops_rejected_requests_total{code="404"}'] == 601
