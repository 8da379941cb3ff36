#pragma once

#include "gateway/exchange.h"
#include "gateway/local_table.h"
#include "gateway/route.h"
#include "gateway/sample.h"
#include "gateway/upstream.h"
#include "net/buffer.h"
#include "net/http1.h"
#include "net/loop.h"
#include "net/stream.h"

#include <memory>
#include <string>

namespace mops::gateway {

class Worker;

/// One client connection: reads requests, carries out what Exchange decides, moves the bytes. At most one buffer of the
/// answer waits for a slow client, and one of the request for a slow upstream; meanwhile the other side is not read.
class Session final : public net::EventHandler, public UpstreamUser {
 public:
  Session(Worker& worker, uint64_t id, net::Stream stream);
  ~Session() override;

  Result<void> start();
  [[nodiscard]] uint64_t id() const { return id_; }
  /// Leaves as soon as nothing is in flight; an idle one at once.
  void drain();
  void cut_off() { close(); }

  void on_ready(net::Readiness ready) override;
  void on_upstream() override;
  /// The answer of the gateway itself that had to be waited for.
  void answer_later(int status, std::string_view content_type, std::string_view body);

 private:
  enum class Phase : uint8_t {
    handshake, ///< of TLS
    head,      ///< idle, or in the middle of a head
    body,      ///< the body is being kept
    exchange,  ///< a version works on it
    local,     ///< an answer of the gateway itself is being made
    leaving,   ///< the last answer is on its way; what the client still sends is dropped
    closed,
  };

  void step();
  bool shake_hands();
  bool read_client();
  bool take();
  bool take_head();
  bool begin_request();
  void note_sticky_key();
  bool take_body();
  bool keep_chunks();
  void dispatch(Keeping keeping);
  void dispatch_to(LocalVersion& version, Keeping keeping);
  void answer_locally();
  void write_request_framing(Keeping keeping);

  void feed(Event::Kind kind, uint32_t value = 0);
  void perform(const Action& action);
  void connect(uint32_t endpoint, bool from_pool);
  void pump_request();
  bool refill_request();
  void pump_response();
  bool take_response();
  void relay_head();
  void end_response();
  void drop_upstream();
  void finish_exchange();
  void finish_request();
  void hand_in_sample();
  [[nodiscard]] std::string_view kept_body() const;

  bool refuse(int status, std::string_view text);
  void answer(int status, std::string_view content_type, std::string_view body);
  void answer_error(int status, std::string_view text);
  bool flush();
  void leave();
  void close();
  void on_timer();
  void account_kept(size_t bytes);

  Worker& worker_;
  uint64_t id_;
  net::Stream client_;
  net::Buffer in_;       ///< from the client
  net::Buffer out_;      ///< to the client
  net::Buffer request_;  ///< to the upstream: the head; when streaming, also pieces of the body
  net::Buffer kept_;     ///< body that came in chunks
  net::HeadParser head_;
  net::BodyDecoder decoder_;
  Exchange exchange_;
  LocalTable* table_ = nullptr;
  LocalVersion* version_ = nullptr;
  std::unique_ptr<Upstream> upstream_;
  std::unique_ptr<Sample> sample_;  ///< of the request in flight, if it is recorded
  Pool* pool_ = nullptr;
  SteadyTime dispatched_{};
  net::Timer timer_{[this] { on_timer(); }};

  Phase phase_ = Phase::head;
  PathKind path_ = PathKind::unknown;
  std::string model_, version_name_, request_id_, sticky_key_;
  net::BodyFraming framing_;
  net::BodyKind answer_framing_ = net::BodyKind::none;
  net::HttpVersion http_version_ = net::HttpVersion::http_1_1;
  size_t in_body_ = 0;   ///< bytes of in_ behind the head that are the body (kept in place)
  size_t in_head_ = 0;   ///< bytes of in_ that are the head
  size_t sent_ = 0;      ///< of request_ and the kept body
  size_t accounted_ = 0;
  uint64_t streamed_ = 0;  ///< bytes of this body
  size_t served_ = 0;
  bool begun_ = false;
  bool is_head_ = false;
  bool is_get_ = false;
  bool is_inference_ = false;
  bool close_after_ = false;
  bool streaming_ = false;
  bool request_done_ = false;  ///< all of the request has been given to the upstream
  bool told_sent_ = false;
  bool said_goodbye_ = false;
};

}  // namespace mops::gateway
