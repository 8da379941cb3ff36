"""What a platform does with versions whose manifest waives rules of the policy."""

STAGES = """format: stages/v1
stages:
  - {name: dev, listen: "127.0.0.1:0"}
  - {name: live, listen: "127.0.0.1:0", waivers: refused}
"""


def waive(world, expires):
    (world.repository / "mops.yaml").open("a").write(
        f"policy: {{waivers: [{{rule: card/missing-section, owner: risk, reason: the study is running, expires: {expires}}}]}}\n")


def test_a_stage_refuses_waivers(fresh):
    waive(fresh, "2099-12-31")
    fresh.release("1.0.0")
    fresh.state.mkdir(exist_ok=True)
    (fresh.state / "stages.yaml").write_text(STAGES)
    fresh.done("up", "-d")
    fresh.refused(1, "stage `live` takes no waivers, and this version waives `card/missing-section`", "promote", "line@1.0.0", "--to", "live", "-m", "on")
    fresh.done("promote", "line@1.0.0", "--to", "dev", "-m", "on")


def test_an_expired_waiver_stops_a_promotion(fresh):
    waive(fresh, "2026-01-31")
    fresh.release("1.0.0")
    fresh.up()
    fresh.refused(1, "the waiver of `card/missing-section` by risk expired on 2026-01-31", "promote", "line@1.0.0", "-m", "on")
