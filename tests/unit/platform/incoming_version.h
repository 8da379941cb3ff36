#pragma once

#include "base/file_system.h"
#include "document/document.h"
#include "evidence/dsse.h"
#include "evidence/key.h"
#include "model/payload.h"
#include "platform/version_store.h"

#include <doctest/doctest.h>

namespace mops::platform {

/// A version as a client lays it out for the platform: a file in a folder, one artifact, a certified data set.
struct IncomingVersion {
  FileSystem& files;
  VersionFolder folder;
  std::string manifest = R"(format: mops/v1
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
  std::string program = "serve";                ///< content of bin/serve: what tells versions apart
  std::string weights = "[1]\n";
  std::string holdout = "age,left\n1,0\n2,1\n";
  evidence::CertifiedAnswers answers = {};
  evidence::SigningKey key = *evidence::SigningKey::generate(evidence::KeyType::ed25519);
  Digest payload = {};

  IncomingVersion(FileSystem& with, Path root) : files(with), folder{.root = std::move(root)} { fill(); }

  void write(const Path& path, std::string_view content) {
    REQUIRE(files.make_directories(path.parent_path()));
    REQUIRE(files.write(path, content));
  }

  /// Writes all of it, and certifies it.
  void fill() {
    const std::string lock =
        fmt::format("format: lock/v1\nartifacts:\n  - {{path: model/weights.json, sha256: {}, size: {}}}\n", sha256(weights).hex(), weights.size());
    const document::Document document = document::parse_yaml({.path = "mops.yaml", .text = manifest});
    const model::Payload made = model::make_payload({{.path = "mops.yaml", .digest = model::manifest_digest(*document.root())},
                                                     {.path = "mops.lock", .digest = sha256(lock)},
                                                     {.path = "bin/serve", .digest = sha256(program)},
                                                     {.path = "data/holdout.csv", .digest = sha256(holdout)}});
    payload = made.digest();
    write(folder.payload_lines(), made.lines());
    write(folder.payload() / "mops.yaml", manifest);
    write(folder.payload() / "mops.lock", lock);
    write(folder.payload() / "bin" / "serve", program);
    write(folder.payload() / "data" / "holdout.csv", holdout);
    write(folder.payload() / "model" / "weights.json", weights);
    certify(certificate(), key);
    write(folder.public_key(), key.public_key().pem());
  }

  [[nodiscard]] evidence::Certificate certificate() const {
    return {.verdict = Verdict::passed,
            .model = "churn",
            .payload = payload,
            .commit = std::string(40, 'c'),
            .artifacts = {},
            .environment_lock = {},
            .dataset = {.name = "holdout", .sha256 = sha256(holdout), .rows = 2},
            .checks = {},
            .metrics = {},
            .histogram = {},
            .answers = answers,
            .measured_on = {.target = "local"},
            .started = *parse_time("2026-11-23T12:00:00Z"),
            .finished = *parse_time("2026-11-23T12:00:10Z")};
  }

  void certify(const evidence::Certificate& certificate, const evidence::SigningKey& signer) {
    const auto envelope = evidence::sign_statement(to_statement(certificate), signer);
    REQUIRE_MESSAGE(envelope, envelope.error().message);
    write(folder.certificate(), *envelope);
  }
};

}  // namespace mops::platform
