#include "target/serving.h"

#include <array>

namespace mops::target {

Variables basic_variables(const Variables& of_this_process) {
  Variables variables;
  for (const char* name : {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"})
    if (const auto value = of_this_process.get(name)) variables.set(name, *value);
  return variables;
}

VersionSpec serving_spec(const ServingOrder& order) {
  VersionSpec spec{.name = order.name,
                   .key = order.key,
                   .owner = order.owner,
                   .model = order.manifest.serving.model,
                   .payload = order.payload,
                   .folder = order.folder,
                   .command = order.manifest.serving.command,
                   .variables = run_variables(order.environment, order.prepared.prefix, basic_variables(order.variables)),
                   .log = order.log,
                   .startup_timeout = order.manifest.serving.startup_timeout};
  for (const auto& [name, value] : order.manifest.serving.variables) spec.variables.set(name, value);
  for (const auto& [name, value] : order.configuration) spec.variables.set(name, value);
  return spec;
}

}  // namespace mops::target
