#pragma once

#include "base/digest.h"
#include "base/source.h"
#include "document/document.h"
#include "evidence/certificate.h"
#include "model/lock.h"
#include "model/manifest.h"
#include "model/notes.h"
#include "model/version.h"

#include <map>
#include <optional>
#include <string>

namespace mops::comparison {

/// What was certified, and the name of its evidence.
struct Certification {
  evidence::Certificate certificate;
  Digest digest;
  std::string path;
  std::string key_id = {};  ///< of the key that signed it
};

/// One state of a model, as far as it is compared.
struct Snapshot {
  std::string label;                                 ///< as people call it: `1.0.0`, `HEAD~3`, `the files on the disk`
  std::optional<model::Version> version;             ///< of a release
  std::string commit;                                ///< hex; empty: the disk
  Digest payload;
  document::Document document;                       ///< mops.yaml
  model::Manifest manifest;
  model::Lock lock;
  std::string environment_lock;                      ///< the text of its file; empty: there is none
  std::optional<SourceFile> card;
  std::map<model::Version, model::Notes> notes;
  std::optional<Certification> certification;
};

}  // namespace mops::comparison
