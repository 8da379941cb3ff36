#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/file_system.h"
#include "base/process.h"
#include "document/value.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mops::target {

/// What to run: one version of a model.
struct VersionSpec {
  std::string name;                     ///< for messages: `churn@1.2.0`
  std::string key = {};                 ///< under which a platform records it
  std::string owner = {};               ///< the platform that starts it; what is found by `running`
  std::string model;                    ///< its name in the protocol's URLs
  Digest payload;
  Path folder;                          ///< the extracted payload; becomes the working folder
  std::vector<std::string> command;     ///< `{port}` is replaced by the port to listen on
  Variables variables;                  ///< all of the process's variables
  Path log;                             ///< receives what it prints; its folder must be there
  std::chrono::milliseconds startup_timeout{60'000};
};

/// A running version, recorded so that a later process can find it again. `start_time` (clock ticks since boot) and
/// `boot_id` tell it from any other process that is given its id.
struct Instance {
  std::string name;
  std::string model;
  Digest payload;
  pid_t pid = 0;
  uint64_t start_time = 0;
  std::string boot_id;
  uint16_t port = 0;
  Path log;

  friend bool operator==(const Instance&, const Instance&) = default;
};

/// `instance/v1`, and back. Error: invalid.
document::Value to_value(const Instance& instance);
Result<Instance> read_instance(const document::Node& node);

/// Where an instance can be dialled.
struct Endpoint {
  std::string host;
  uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// `port_taken`: somebody else was faster at the port; stop this one and start another.
enum class Readiness { starting, ready, port_taken };

/// The answer to a probe; `detail` says for people why it is not ready: "GET /v2/health/ready answered 503".
struct Probe {
  Readiness readiness = Readiness::starting;
  std::string detail = {};
};

struct LogRequest {
  size_t last_lines = 200;
  enum class Follow { no, yes } follow = Follow::no;
};

/// Where versions run. Implementations: LocalTarget; tests/fakes/fake_target.h. One contract suite, tests/contract/target.
/// Threads: calls may come from several.
class Target {
 public:
  virtual ~Target() = default;

  /// Starts one instance and returns at once; it is not ready yet. Errors: not_found (program, folder), outside.
  virtual Result<Instance> start(const VersionSpec& spec) = 0;
  /// Asks once, within a second. Error: refused when it has ended, with how, and its last 20 log lines as causes.
  virtual Result<Probe> ready(const Instance& instance, std::stop_token stop) = 0;
  /// The error that `ready` would return if the instance has ended; nullopt while it runs. Cheap.
  virtual std::optional<Error> ended(const Instance& instance) = 0;
  virtual std::vector<Endpoint> endpoints(const Instance& instance) = 0;
  /// Error: refused when the target cannot run that many; nothing has changed then.
  virtual Result<void> scale(const Instance& instance, uint32_t count) = 0;
  /// Its output, as it was printed. `follow`: until `stop` is asked for, which is no error.
  virtual Result<void> logs(const Instance& instance, const LogRequest& request, const OutputSink& sink, std::stop_token stop) = 0;
  /// Asks it to end, and ends it after `grace`, with all that it started. One that has ended before is no error (what it left
  /// behind is ended). Never touches another process.
  virtual Result<void> stop(const Instance& instance, std::chrono::milliseconds grace) = 0;
  /// Takes over an instance that an earlier process recorded. Error: refused, names what does not match.
  virtual Result<void> adopt(const Instance& recorded) = 0;
  /// All that was started for `owner` and has not been stopped, by whichever process, recorded or not: each carries a mark of its
  /// owner from its first moment. They are good for `stop`; name and log may be unknown.
  virtual std::vector<Instance> running(const std::string& owner) = 0;
};

/// What to say when a request to an instance failed: how the instance ended, if it did so at that time, else `error`.
Error explain_failure(Target& target, const Instance& instance, Error error);

/// Starts, and waits until it is ready; a lost port is tried anew three times. On any error nothing is left running.
/// Errors: as `start`; refused when it ended or was not ready within the spec's time (last log lines as causes); interrupted.
Result<Instance> start_and_wait(Target& target, const VersionSpec& spec, Clock& clock, std::stop_token stop);

}  // namespace mops::target
