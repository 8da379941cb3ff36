#include "platform/version_store.h"

#include "base/real_file_system.h"
#include "base/text.h"
#include "evidence/dsse.h"
#include "evidence/key.h"
#include "fakes/temporary_folder.h"
#include "model/payload.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;
using evidence::SigningKey;

namespace {

constexpr std::string_view k_manifest = R"(format: mops/v1
name: churn
owner: {team: risk, contact: risk@example.com}
description: Whether a customer leaves
level: prototype
task: binary-classification
environment: {name: native}
interface:
  inputs: [{name: age, datatype: FP64, sensitivity: none}]
  outputs: [{name: label, datatype: INT64}]
serving: {command: [./serve]}
resources: {cpu: 1, memory: 512Mi}
datasets: [{name: holdout, role: holdout, path: data/holdout.csv}]
certification: {dataset: holdout, target: left, prediction: label, metrics: {accuracy: {min: 0.9}}, latency: {p99_ms: 50}}
)";
constexpr std::string_view k_weights = "[1]\n";

/// A folder with a version as a client fills it, and the store. The version has a file in a folder and one artifact.
struct World {
  fakes::TemporaryFolder temporary;
  RealFileSystem files;
  VersionFolder incoming{.root = temporary.path() / "incoming" / "01J"};
  Path kept = temporary.path() / "versions";
  VersionStore store{files, kept};
  SigningKey key = *SigningKey::generate(evidence::KeyType::ed25519);
  std::string manifest{k_manifest};
  Digest payload;

  World() {
    REQUIRE(files.make_directories(kept));
    fill();
  }

  void write(const Path& path, std::string_view content) {
    REQUIRE(files.make_directories(path.parent_path()));
    REQUIRE(files.write(path, content));
  }

  void fill() {
    const std::string lock = "format: lock/v1\nartifacts:\n  - {path: model/weights.json, sha256: " + sha256(k_weights).hex() + ", size: 4}\n";
    const document::Document document = document::parse_yaml({.path = "mops.yaml", .text = manifest});
    const model::Payload made = model::make_payload({{.path = "mops.yaml", .digest = model::manifest_digest(*document.root())},
                                                     {.path = "mops.lock", .digest = sha256(lock)},
                                                     {.path = "bin/serve", .digest = sha256("serve")}});
    payload = made.digest();
    write(incoming.payload_lines(), made.lines());
    write(incoming.payload() / "mops.yaml", manifest);
    write(incoming.payload() / "mops.lock", lock);
    write(incoming.payload() / "bin" / "serve", "serve");
    write(incoming.payload() / "model" / "weights.json", k_weights);
    certify(certificate(), key);
    write(incoming.public_key(), key.public_key().pem());
  }

  evidence::Certificate certificate() const {
    return {.verdict = Verdict::passed,
            .model = "churn",
            .payload = payload,
            .commit = std::string(40, 'c'),
            .artifacts = {},
            .environment_lock = {},
            .dataset = {.name = "holdout", .sha256 = sha256("data"), .rows = 1},
            .checks = {},
            .metrics = {},
            .histogram = {},
            .answers = {},
            .measured_on = {.target = "local"},
            .started = *parse_time("2026-11-23T12:00:00Z"),
            .finished = *parse_time("2026-11-23T12:00:10Z")};
  }

  void certify(const evidence::Certificate& certificate, const SigningKey& signer) {
    const auto envelope = evidence::sign_statement(to_statement(certificate), signer);
    REQUIRE_MESSAGE(envelope, envelope.error().message);
    write(incoming.certificate(), *envelope);
  }

  StoredVersion take() {
    auto version = store.take(incoming.root, payload);
    REQUIRE_MESSAGE(version, version.error().message);
    return std::move(*version);
  }

  /// Why the version is not taken; that nothing was kept, and that what came is where it was.
  std::string refusal(ErrorCode code = ErrorCode::refused) {
    const auto version = store.take(incoming.root, payload);
    REQUIRE_FALSE(version);
    CHECK(version.error().code == code);
    CHECK(files.list(kept)->empty());
    CHECK_FALSE(store.has(payload));
    CHECK(exists(files, incoming.root));
    return replace_all(replace_all(version.error().message, payload.short_hex(), "PAYLOAD"), temporary.path().string(), "DIR");
  }
};

}  // namespace

TEST_CASE("VersionStore: takes a version, and opens it again") {
  World world;
  CHECK_FALSE(world.store.has(world.payload));
  const auto missing = world.store.open(world.payload);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message == fmt::format("the platform keeps no version with payload {}", world.payload.short_hex()));

  const StoredVersion taken = world.take();
  CHECK(taken.payload == world.payload);
  CHECK(taken.folder.root == world.kept / world.payload.hex());
  CHECK(taken.manifest.name == "churn");
  CHECK(taken.certificate.dataset.name == "holdout");
  CHECK(taken.key_id == world.key.public_key().id());
  CHECK(taken.certificate_digest == sha256(*world.files.read(taken.folder.certificate())));
  CHECK(world.files.read(taken.folder.payload() / "model" / "weights.json") == std::string(k_weights));
  CHECK_FALSE(exists(world.files, world.incoming.root));
  CHECK(world.store.has(world.payload));
  const auto opened = world.store.open(world.payload);
  REQUIRE(opened);
  CHECK(opened->certificate_digest == taken.certificate_digest);
}

TEST_CASE("VersionStore: a second time only evidence and what is outside of the payload are new") {
  World world;
  const StoredVersion first = world.take();
  world.manifest = replace_all(world.manifest, "level: prototype", "level: production");
  world.key = *SigningKey::generate();
  const Digest before = world.payload;
  world.fill();
  REQUIRE(world.payload == before);
  const StoredVersion second = world.take();
  CHECK(second.key_id == world.key.public_key().id());
  CHECK(second.certificate_digest != first.certificate_digest);
  CHECK(second.manifest.level == model::Level::production);
  CHECK(second.folder.root == first.folder.root);
  CHECK_FALSE(exists(world.files, world.incoming.root));

  SUBCASE("and one that is refused leaves the first as it is") {
    world.fill();
    evidence::Certificate failed = world.certificate();
    failed.verdict = Verdict::failed;
    world.certify(failed, world.key);
    CHECK_FALSE(world.store.take(world.incoming.root, world.payload));
    const auto kept = world.store.open(world.payload);
    REQUIRE(kept);
    CHECK(kept->certificate_digest == second.certificate_digest);
  }
}

TEST_CASE("VersionStore: files that do not fit") {
  World world;
  SUBCASE("changed") {
    world.write(world.incoming.payload() / "bin" / "serve", "swerve");
    CHECK(world.refusal() == "`bin/serve` is not the file that payload PAYLOAD names");
  }
  SUBCASE("a changed artifact") {
    world.write(world.incoming.payload() / "model" / "weights.json", "[2]\n");
    CHECK(world.refusal() == "`model/weights.json` is not the file that payload PAYLOAD names");
  }
  SUBCASE("a changed manifest") {
    world.write(world.incoming.payload() / "mops.yaml", replace_all(world.manifest, "./serve", "./other"));
    CHECK(world.refusal() == "`mops.yaml` is not the file that payload PAYLOAD names");
  }
  SUBCASE("a changed lock") {
    world.write(world.incoming.payload() / "mops.lock", "format: lock/v1\nartifacts: []\n");
    CHECK(world.refusal() == "`model/weights.json` is not part of payload PAYLOAD");
  }
  SUBCASE("too many") {
    world.write(world.incoming.payload() / "bin" / "extra", "");
    CHECK(world.refusal() == "`bin/extra` is not part of payload PAYLOAD");
  }
  SUBCASE("missing") {
    REQUIRE(world.files.remove(world.incoming.payload() / "bin" / "serve"));
    CHECK(world.refusal() == "`bin/serve` of payload PAYLOAD is missing");
  }
  SUBCASE("a missing artifact") {
    REQUIRE(world.files.remove(world.incoming.payload() / "model"));
    CHECK(world.refusal() == "`model/weights.json` of payload PAYLOAD is missing");
  }
  SUBCASE("a link in place of a file") {
    REQUIRE(world.files.remove(world.incoming.payload() / "bin" / "serve"));
    world.write(world.temporary.path() / "elsewhere", "serve");
    std::filesystem::create_symlink(world.temporary.path() / "elsewhere", world.incoming.payload() / "bin" / "serve");
    CHECK(world.refusal() == "`bin/serve` in the version is neither a file nor a folder");
  }
  SUBCASE("a path out of the folder") {
    const std::string lines = sha256("x").hex() + "  ../../x\n";
    world.write(world.incoming.payload_lines(), lines);
    world.write(world.incoming.root / "x", "x");
    world.payload = sha256(lines);
    CHECK_FALSE(world.refusal(ErrorCode::invalid).empty());
  }
}

TEST_CASE("VersionStore: another payload") {
  World world;
  const Digest real = world.payload;
  world.payload = sha256("other");
  CHECK(world.refusal() == fmt::format("the version's files have payload {}, not PAYLOAD", real.short_hex()));
}

TEST_CASE("VersionStore: evidence that does not fit") {
  World world;
  evidence::Certificate certificate = world.certificate();
  SUBCASE("about another payload") {
    certificate.payload = sha256("other");
    world.certify(certificate, world.key);
    CHECK(world.refusal() == fmt::format("the certificate is about payload {}, not PAYLOAD", sha256("other").short_hex()));
  }
  SUBCASE("failed") {
    certificate.verdict = Verdict::failed;
    world.certify(certificate, world.key);
    CHECK(world.refusal() == "the certification of payload PAYLOAD is FAILED, not PASSED");
  }
  SUBCASE("inconclusive") {
    certificate.verdict = Verdict::inconclusive;
    world.certify(certificate, world.key);
    CHECK(world.refusal() == "the certification of payload PAYLOAD is INCONCLUSIVE, not PASSED");
  }
  SUBCASE("signed by another key") {
    const SigningKey other = *SigningKey::generate();
    world.certify(certificate, other);
    CHECK(world.refusal() == fmt::format("certificate: signed by `{}`, none of the 1 trusted keys verifies it", other.public_key().id()));
  }
  SUBCASE("changed after it was signed") {
    const std::string envelope = *world.files.read(world.incoming.certificate());
    const document::Document document = document::parse_json({.path = "envelope", .text = envelope});
    const std::string statement(document.root()->find("payload")->text);
    const std::string changed = to_base64(replace_all(*from_base64(statement), "2026-11-23T12:00:10", "2026-11-24T12:00:10"));
    REQUIRE(changed != statement);
    world.write(world.incoming.certificate(), replace_all(envelope, statement, changed));
    CHECK(world.refusal() == fmt::format("certificate: signed by `{}`, none of the 1 trusted keys verifies it", world.key.public_key().id()));
  }
  SUBCASE("without a key") {
    REQUIRE(world.files.remove(world.incoming.public_key()));
    CHECK_FALSE(world.refusal(ErrorCode::not_found).empty());
  }
  SUBCASE("without a certificate") {
    REQUIRE(world.files.remove(world.incoming.certificate()));
    CHECK_FALSE(world.refusal(ErrorCode::not_found).empty());
  }
}

TEST_CASE("VersionStore: what a killed one left does not stand in the way") {
  World world;
  world.write(world.kept / world.payload.hex() / "payload" / "half", "x");
  CHECK_FALSE(world.store.has(world.payload));
  const StoredVersion version = world.take();
  CHECK_FALSE(exists(world.files, version.folder.payload() / "half"));
}
