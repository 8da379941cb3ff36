#pragma once

#include "certify/measurements.h"
#include "evidence/certificate.h"

#include <optional>
#include <string>

namespace mops::certify {

/// A certification with what it stands on.
struct Reported {
  const evidence::Certificate& certificate;
  const Measurements& measurements;
  std::string label;  ///< how people call it: a version, or a part of the payload's digest
};

struct ReportOrder {
  Reported candidate;
  std::optional<Reported> current = {};  ///< what it would replace
  std::string description = {};          ///< of the model, from its manifest
  std::string file;                      ///< the envelope's path, for those who want to verify it
  std::string key_id;                    ///< of the key that signed it
};

/// What was found, in a sentence for people who do not know mops: the verdict and, unless all is well, the first reason.
std::string headline(const evidence::Certificate& certificate);

/// One HTML page that needs no other file and no network.
std::string report_page(const ReportOrder& order);

/// The same tables as Markdown, for a pull request: no charts.
std::string report_markdown(const ReportOrder& order);

}  // namespace mops::certify
