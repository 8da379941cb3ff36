#pragma once

#include "policy/misfit.h"

#include <optional>
#include <vector>

namespace mops::policy {

using Misfits = std::vector<Misfit>;

/// How far an instance is from a branch of `anyOf` or `oneOf`, by what does not fit there. A value of another kind is not what the
/// branch is about; a word that tells branches apart (`role: holdout`) says nearly as much, the less the deeper it is.
size_t distance(const Misfits& misfits, const document::Node& value);

/// One sentence for all branches: when each only wants another kind or another word at this very place, or when none of them has the
/// word that tells them apart. nullopt: they differ in more.
std::optional<Misfit> join_alternatives(const std::vector<Misfits>& branches, const Place& place);

}  // namespace mops::policy
