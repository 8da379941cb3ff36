#pragma once

#include "base/clock.h"
#include "base/file_system.h"
#include "base/process.h"
#include "base/random.h"
#include "gateway/gateway.h"
#include "http/transport.h"
#include "platform/admin_messages.h"
#include "platform/handover.h"
#include "platform/operation.h"
#include "platform/stage.h"
#include "platform/state_folder.h"
#include "target/environment.h"
#include "target/target.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace mops::platform {

struct PlatformOptions {
  StateFolder folder;
  std::vector<Stage> stages = {Stage{}};
  std::vector<target::Environment> environments;  ///< for versions that were taken without the description of theirs
  Variables variables;                            ///< of this process
};

/// The parts of the world that a platform works with. Borrowed for its life; called from several threads.
struct PlatformWorld {
  FileSystem& files;
  Clock& clock;
  Random& random;
  http::Transport& transport;
  target::Target& target;    ///< where versions run
};

/// A gateway that serves on while its platform has gone.
struct LeftGateway {
  std::string stage;
  std::unique_ptr<gateway::Gateway> gateway;
};

/// Who sent a request over the admin socket, as the kernel says.
struct Peer {
  uint32_t uid = 0;
};

/// One running platform: the only writer of its routes. Supervises versions, serves them through one gateway per stage, keeps
/// versions, journal and instances in its folder. Threads: any may call.
class Platform {
 public:
  /// Takes the folder's lock, adopts versions that an earlier platform left running (or starts them anew), ends what else it
  /// left, and serves the routes that the journal says. A version that cannot be served, and a journal that was changed, are
  /// told by `status` and stand in no other's way. Errors: refused (folder in use, naming the process), outside (port in use),
  /// invalid. Listens on the `inherited` sockets where a stage has one of them, with the address that it wants.
  static Result<std::unique_ptr<Platform>> start(PlatformOptions options, PlatformWorld world, std::vector<HandedSocket> inherited = {});
  /// Ends as `stop` if that was not called.
  ~Platform();

  [[nodiscard]] PlatformStatus status();
  /// Verifies the whole journal, whichever records are wanted.
  Result<CheckedJournal> journal(const std::optional<std::string>& model, const std::optional<std::string>& stage);
  /// Lets promotions go on in spite of faults that somebody looked at. Error: not_found, when there is no such fault (any more).
  Result<std::vector<JournalFault>> acknowledge(const AcknowledgeRequest& request);

  /// What `begin_switch` would do. Errors: those that can be known before anything is changed.
  Result<SwitchPlan> plan(const SwitchRequest& request);
  /// Begins a promotion or rollback and returns its operation's id; `operations().wait` tells how it goes. Errors: not_found
  /// (stage, model, version), refused (nothing to roll back to, somebody was faster, another switch goes on).
  Result<std::string> begin_switch(const SwitchRequest& request, const Peer& peer);
  Operations& operations();

  /// Leaves the place to another platform: the versions run on, and the gateways, which are returned, serve the routes as they are
  /// now. Afterwards only destruction is left, which lets go of lock and state. Error: refused (a switch goes on; a version that has
  /// left its route is not drained within 45 s); then everything is as before. No other call may go on meanwhile.
  Result<std::vector<LeftGateway>> leave();
  /// Finishes requests in flight, then stops the versions. Called once.
  void stop();
  /// Set by `request_stop`, which the admin API calls for `mops down`.
  [[nodiscard]] std::stop_token stop_requested() const;
  void request_stop();

 private:
  friend class Switch;
  struct Parts;
  explicit Platform(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mops::platform
