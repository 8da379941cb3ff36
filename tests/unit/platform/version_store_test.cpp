#include "platform/version_store.h"

#include "base/real_file_system.h"
#include "base/text.h"
#include "fakes/temporary_folder.h"
#include "incoming_version.h"

#include <doctest/doctest.h>

using namespace mops;
using namespace mops::platform;
using evidence::SigningKey;

namespace {

/// An incoming version, and the store that is to take it.
struct World {
  fakes::TemporaryFolder temporary;
  RealFileSystem files;
  Path kept = temporary.path() / "versions";
  VersionStore store{files, kept};
  IncomingVersion brought{files, temporary.path() / "incoming" / "01J"};
  const VersionFolder& incoming = brought.folder;
  Digest payload = brought.payload;

  World() { REQUIRE(files.make_directories(kept)); }

  void write(const Path& path, std::string_view content) { brought.write(path, content); }

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
  CHECK(taken.key_id == world.brought.key.public_key().id());
  CHECK(taken.certificate_digest == sha256(*world.files.read(taken.folder.certificate())));
  CHECK(world.files.read(taken.folder.payload() / "model" / "weights.json") == world.brought.weights);
  CHECK_FALSE(exists(world.files, world.incoming.root));
  CHECK(world.store.has(world.payload));
  const auto opened = world.store.open(world.payload);
  REQUIRE(opened);
  CHECK(opened->certificate_digest == taken.certificate_digest);
}

TEST_CASE("VersionStore: a second time only evidence and what is outside of the payload are new") {
  World world;
  const StoredVersion first = world.take();
  world.brought.manifest = replace_all(world.brought.manifest, "level: prototype", "level: production");
  world.brought.key = *SigningKey::generate();
  const Digest before = world.payload;
  world.brought.fill();
  REQUIRE(world.brought.payload == before);
  const StoredVersion second = world.take();
  CHECK(second.key_id == world.brought.key.public_key().id());
  CHECK(second.certificate_digest != first.certificate_digest);
  CHECK(second.manifest.level == model::Level::production);
  CHECK(second.folder.root == first.folder.root);
  CHECK_FALSE(exists(world.files, world.incoming.root));
  // On the disk nothing has changed: what is new is for the state to keep.
  CHECK(world.store.open(world.payload)->certificate_digest == first.certificate_digest);
  const auto opened = world.store.open(world.payload, second.texts);
  REQUIRE(opened);
  CHECK(opened->certificate_digest == second.certificate_digest);
  CHECK(opened->manifest.level == model::Level::production);

  SUBCASE("and one that is refused leaves the first as it is") {
    world.brought.fill();
    evidence::Certificate failed = world.brought.certificate();
    failed.verdict = Verdict::failed;
    world.brought.certify(failed, world.brought.key);
    CHECK_FALSE(world.store.take(world.incoming.root, world.payload));
    const auto kept = world.store.open(world.payload);
    REQUIRE(kept);
    CHECK(kept->certificate_digest == first.certificate_digest);
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
    world.write(world.incoming.payload() / "mops.yaml", replace_all(world.brought.manifest, "./serve", "./other"));
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
  evidence::Certificate certificate = world.brought.certificate();
  SUBCASE("about another payload") {
    certificate.payload = sha256("other");
    world.brought.certify(certificate, world.brought.key);
    CHECK(world.refusal() == fmt::format("the certificate is about payload {}, not PAYLOAD", sha256("other").short_hex()));
  }
  SUBCASE("failed") {
    certificate.verdict = Verdict::failed;
    world.brought.certify(certificate, world.brought.key);
    CHECK(world.refusal() == "the certification of payload PAYLOAD is FAILED, not PASSED");
  }
  SUBCASE("inconclusive") {
    certificate.verdict = Verdict::inconclusive;
    world.brought.certify(certificate, world.brought.key);
    CHECK(world.refusal() == "the certification of payload PAYLOAD is INCONCLUSIVE, not PASSED");
  }
  SUBCASE("signed by another key") {
    const SigningKey other = *SigningKey::generate();
    world.brought.certify(certificate, other);
    CHECK(world.refusal() == fmt::format("certificate: signed by `{}`, none of the 1 trusted keys verifies it", other.public_key().id()));
  }
  SUBCASE("changed after it was signed") {
    const std::string envelope = *world.files.read(world.incoming.certificate());
    const document::Document document = document::parse_json({.path = "envelope", .text = envelope});
    const std::string statement(document.root()->find("payload")->text);
    const std::string changed = to_base64(replace_all(*from_base64(statement), "2026-11-23T12:00:10", "2026-11-24T12:00:10"));
    REQUIRE(changed != statement);
    world.write(world.incoming.certificate(), replace_all(envelope, statement, changed));
    CHECK(world.refusal() == fmt::format("certificate: signed by `{}`, none of the 1 trusted keys verifies it", world.brought.key.public_key().id()));
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

TEST_CASE("VersionStore: a copy that is damaged on the disk") {
  World world;
  const StoredVersion taken = world.take();
  CHECK(world.store.verify(world.payload));
  const Path folder = taken.folder.payload();
  const auto damage = [&] {
    const auto whole = world.store.verify(world.payload);
    REQUIRE_FALSE(whole);
    CHECK(whole.error().code == ErrorCode::refused);
    return replace_all(whole.error().message, world.payload.short_hex(), "PAYLOAD");
  };
  SUBCASE("what a version wrote beside its files does not count") {
    world.write(folder / "cache" / "x.bin", "x");
    CHECK(world.store.verify(world.payload));
    return;
  }
  SUBCASE("a changed file") {
    world.write(folder / "bin" / "serve", "swerve");
    CHECK(damage() == "`bin/serve` is not the file that payload PAYLOAD names");
  }
  SUBCASE("a changed artifact") {
    world.write(folder / "model" / "weights.json", "");
    CHECK(damage() == "`model/weights.json` is not the file that payload PAYLOAD names");
  }
  SUBCASE("a changed manifest is seen without a look at the rest") {
    world.write(folder / "mops.yaml", replace_all(world.brought.manifest, "./serve", "./other"));
    CHECK(damage() == "`mops.yaml` is not the file that payload PAYLOAD names");
    CHECK_FALSE(world.store.open(world.payload));
  }
  SUBCASE("a missing file") {
    REQUIRE(world.files.remove(folder / "bin"));
    CHECK(damage() == "`bin/serve` of payload PAYLOAD is missing");
  }
  SUBCASE("a folder in place of a file") {
    REQUIRE(world.files.remove(folder / "bin" / "serve"));
    REQUIRE(world.files.make_directories(folder / "bin" / "serve"));
    CHECK(damage() == "`bin/serve` of payload PAYLOAD is no file any more");
  }
  SUBCASE("a link in place of a file") {
    REQUIRE(world.files.rename(folder / "bin" / "serve", folder / "real"));
    std::filesystem::create_symlink(folder / "real", folder / "bin" / "serve");
    CHECK(damage() == "`bin/serve` of payload PAYLOAD is no file any more");
  }
  SUBCASE("changed lines") {
    world.write(taken.folder.payload_lines(), sha256("x").hex() + "  bin/serve\n");
    CHECK(damage().starts_with("the version's files have payload "));
    CHECK_FALSE(world.store.open(world.payload));
  }
  SUBCASE("changed texts of a later promotion") {
    VersionTexts texts = taken.texts;
    texts.manifest = replace_all(texts.manifest, "./serve", "./other");
    CHECK_FALSE(world.store.open(world.payload, texts));
    return;
  }
  // The same version, taken again, replaces it.
  world.brought.fill();
  world.take();
  CHECK(world.store.verify(world.payload));
  CHECK(world.store.open(world.payload));
}

TEST_CASE("VersionStore: keeps the description of its environment with a version, and takes a newer one") {
  const auto description = [](std::string_view name, std::string_view text) {
    return fmt::format("format: environment/v1\nname: {}\nlanguage: r\ndescription: {}\nexpires: 2031-12-31\n", name, text);
  };
  World world;
  CHECK_FALSE(world.take().environment);
  const std::string name = world.store.open(world.payload)->manifest.environment.name;
  for (const std::string_view text : {"first", "second"}) {
    world.brought.fill();
    world.write(world.incoming.environment(), description(name, text));
    REQUIRE(world.take().environment);
    CHECK(world.store.open(world.payload)->environment->description == text);
  }

  World other;
  other.write(other.incoming.environment(), description("other", "of another model"));
  CHECK(other.refusal() == fmt::format("`environment.yaml` describes `other`, the version needs `{}`", name));
  other.write(other.incoming.environment(), "format: environment/v1\nname: [\n");
  CHECK_FALSE(other.refusal(ErrorCode::invalid).empty());
}
