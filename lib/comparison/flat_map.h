#pragma once

#include "document/node.h"

#include <map>
#include <string>

namespace mops::comparison {

/// Everything below a node by its way: `load.rate_per_second` → `100`, `datasets.holdout.path` → `data/holdout.csv`. Items of a list
/// that are maps are called by their `name`, else by their number from 1; a list of single values is one text, `[a, b]`.
std::map<std::string, std::string> flatten(const document::Node& node, const std::string& way = {});

}  // namespace mops::comparison
