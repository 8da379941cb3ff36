#pragma once

#include "base/file_descriptor.h"
#include "base/result.h"
#include "net/listener.h"
#include "platform/state_folder.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mops::platform {

/// How long the old one waits for versions that have left their routes and still answer.
inline constexpr std::chrono::seconds k_time_to_drain{45};

/// The listening socket of a stage on its way from one platform to the next.
struct HandedSocket {
  std::string stage;
  net::ListeningSocket socket;
};

/// How one platform takes the place of another on the same folder without closing its addresses, over a Unix socket (0600) of
/// its own, since descriptors go with it:
///   new → old  who it is                 the old one refuses, or leaves lock, state and admin socket, and serves on
///   old → new  the listening sockets     the new one takes lock, state and versions, and serves beside it
///   new → old  that it serves            the old one finishes what it has, and ends
/// When the connection breaks before that, the old one takes its place again.

/// The new one's end.
class Takeover {
 public:
  /// Asks the platform that runs on `folder`, and returns when it has left. Errors: refused, as the old one says; outside, when
  /// it does not listen.
  static Result<Takeover> ask(const StateFolder& folder);

  std::vector<HandedSocket> sockets;
  /// Tells the old one that its place is taken.
  void finish();

 private:
  explicit Takeover(FileDescriptor connection) : connection_(std::move(connection)) {}
  FileDescriptor connection_;
};

/// A new one that waits for the answer of the old one.
class Successor {
 public:
  Successor(FileDescriptor connection, std::string who) : connection_(std::move(connection)), who_(std::move(who)) {}

  /// "mops 1.3.0 (process 4711)"
  [[nodiscard]] const std::string& who() const { return who_; }
  void refuse(const Error& error);
  /// Sends the sockets, and waits until it serves. False: it has gone.
  bool hand(const std::vector<HandedSocket>& sockets);

 private:
  FileDescriptor connection_;
  std::string who_;
};

/// The old one's end: listens for a successor, in a thread of its own. Refuses programs of an earlier version by itself.
class HandoverOffer {
 public:
  /// `on_successor` is called on that thread; the successor is `take`n on another one.
  static Result<std::unique_ptr<HandoverOffer>> start(const StateFolder& folder, std::function<void()> on_successor);
  /// Listens no more.
  ~HandoverOffer();

  std::optional<Successor> take();

 private:
  HandoverOffer(net::ListeningSocket socket, std::function<void()> on_successor) : socket_(std::move(socket)), on_successor_(std::move(on_successor)) {}
  void run(const std::stop_token& stop);

  net::ListeningSocket socket_;
  std::function<void()> on_successor_;
  std::mutex mutex_;
  std::optional<Successor> successor_;
  std::jthread thread_;
};

}  // namespace mops::platform
