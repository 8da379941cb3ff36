#pragma once

#include "evidence/certificate.h"
#include "evidence/dsse.h"
#include "evidence/key.h"
#include "evidence/layout.h"
#include "fakes/sound_repository.h"

namespace mops::fakes {

/// Ed25519 signs without chance, so that the digests of certificates are the same in every run. This key signs nothing else.
inline evidence::SigningKey signing_key() {
  return evidence::SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEICQRi6ABqFdXI3t7MZWRBOc/Dl2MfUuHsIatrsw0QcaG\n-----END PRIVATE KEY-----\n").value();
}

/// The file of a PASSED certificate.
inline std::string certificate_file(const Digest& payload, double roc_auc, double p99_ms = 0, Verdict verdict = Verdict::passed) {
  const evidence::Certificate certificate{.verdict = verdict,
                                          .model = "churn",
                                          .payload = payload,
                                          .commit = std::string(40, 'a'),
                                          .checks = {{.name = "metrics/roc_auc", .value = roc_auc, .limit = {.minimum = 0.9}, .n = 1, .verdict = verdict}},
                                          .metrics = {{"roc_auc", roc_auc}},
                                          .performance = {.p99_ms = p99_ms}};
  return evidence::sign_statement(evidence::to_statement(certificate), signing_key()).value();
}

/// The sound repository with a released version 0.1.0 and notes of 0.1.1, both certified, with facts. It has no finding either.
inline MemoryRepository certified_repository() {
  MemoryRepository repository = sound_repository();
  std::map<std::string, std::string>& files = repository.files;
  const Digest payloads[] = {sha256("payload of 0.1.0"), sha256("payload of 0.1.1")};
  const std::string certificates[] = {certificate_file(payloads[0], 0.9, 12.5), certificate_file(payloads[1], 0.981, 11.25)};
  for (int i = 0; i < 2; ++i) files[evidence::certification_path(payloads[i], "01")] = certificates[i];
  files[evidence::public_key_path(signing_key().public_key().id())] = signing_key().public_key().pem();
  const auto digests = [&](int i) { return "payload: \"" + payloads[i].hex() + "\", certificate: \"" + sha256(certificates[i]).hex() + "\""; };
  files["release-notes/0.1.0.yaml"] += "facts: {" + digests(0) + ", metrics: {roc_auc: 0.90}}\n";
  files["release-notes/0.1.1.yaml"] =
      "format: notes/v1\nversion: \"0.1.1\"\ndate: 2026-11-24\nsummary: Fewer false alarms\nchanged:\n  - The threshold\nfacts: {" + digests(1) +
      ", metrics: {roc_auc: 0.981}, performance: {p99_ms: 11.3},\n  changes: {against: \"0.1.0\", metrics: {roc_auc: +0.08}, performance: {p99_ms: -1.2}, interface: FULL}}\n";
  repository.releases[model::Version{.minor = 1}] = {.manifest = files["mops.yaml"], .certificate = sha256(certificates[0])};
  return repository;
}

}  // namespace mops::fakes
