#include "evidence/release.h"

#include "evidence/predicate_reader.h"

#include <fmt/format.h>

namespace mops::evidence {
namespace {

using document::Field;
using document::Value;

constexpr std::string_view k_extension = "mops_release";
constexpr std::string_view k_payload_subject = "payload";

// A model's name and a version need no percent-encoding: neither holds a character outside [A-Za-z0-9.-].
std::string purl_of(const Release& release) { return fmt::format("pkg:generic/{}@{}", release.model, release.version.to_string()); }

}  // namespace

Statement to_statement(const Release& release) {
  return {.subjects = {{.name = std::string(k_payload_subject), .sha256 = release.payload}},
          .predicate_type = std::string(k_release_type),
          .predicate = Value::map()
                           .set("purl", purl_of(release))
                           .set(std::string(k_extension), Value::map()
                                                              .set("format", "release/v1")
                                                              .set("model", release.model)
                                                              .set("version", release.version.to_string())
                                                              .set("commit", release.commit)
                                                              .set("payload", release.payload.hex())
                                                              .set("certificate", release.certificate.hex())
                                                              .set("notes", release.notes.hex())
                                                              .set("released", to_rfc3339(release.released)))};
}

Result<Release> read_release(const Statement& statement) {
  MOPS_TRY(expect_predicate(statement, k_release_type));
  const document::Document document = predicate_document(statement);
  document::Reader reader(document);
  const Field root = reader.root();
  const Field extension = root.at(k_extension);
  extension.expect_format("release", 1);
  const Field payload = extension.at("payload");
  Release release{.model = extension.at("model").text(),
                  .version = extension.at("version").parsed(model::Version::parse),
                  .commit = read_commit(extension.at("commit")),
                  .payload = payload.digest(),
                  .certificate = extension.at("certificate").digest(),
                  .notes = extension.at("notes").digest(),
                  .released = extension.at("released").time()};
  const Subject* subject = statement.find_subject(k_payload_subject);
  if (subject == nullptr || subject->sha256 != release.payload)
    payload.refuse(fmt::format("found payload {}, which is not the subject of the statement", release.payload.hex()));
  const Field purl = root.at("purl");
  if (const std::string found = purl.text(); found != purl_of(release))
    purl.refuse(fmt::format("found purl `{}`, expected `{}`", found, purl_of(release)));
  return reader.finish(std::move(release));
}

}  // namespace mops::evidence
