#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mops::net {

/// HTTP/1.1 message syntax (RFC 9110, RFC 9112), strict and sans-IO. What two readers could understand differently is
/// refused: bare LF, obs-fold, white space before a colon, control characters, Content-Length twice or beside
/// Transfer-Encoding, any coding but `chunked`.

enum class Side : uint8_t { request, response };
enum class HttpVersion : uint8_t { http_1_0, http_1_1 };
enum class Progress : uint8_t { more, done, bad };

struct HeadLimits {
  uint32_t bytes = 32 * 1024;  ///< of the whole head, start line and blank line included
  uint32_t fields = 100;
};

/// Why a message was refused: the status that a server answers with, and a sentence without a full stop.
struct HttpProblem {
  int status = 400;
  std::string_view text;
};

/// What a field means to somebody who forwards messages.
enum class FieldKind : uint8_t {
  other,
  host,
  content_length,
  transfer_encoding,
  expect,
  connection,
  hop_by_hop,  ///< Keep-Alive, Proxy-Connection, Proxy-Authenticate, Proxy-Authorization, TE, Trailer, Upgrade
  request_id,  ///< X-Request-Id
  served_by,   ///< x-mops-served-by
};

enum class BodyKind : uint8_t { none, length, chunked, until_close };

struct BodyFraming {
  BodyKind kind = BodyKind::none;
  uint64_t length = 0;  ///< of BodyKind::length

  friend bool operator==(const BodyFraming&, const BodyFraming&) = default;
};

enum class AnswerTo : uint8_t { head, other };

/// Reads the head of one message in place. Feed it the bytes of the message from its first one on, each time all that have
/// come; every byte is looked at once. Views that it returns point into the text given to the last `parse` or `rebase`.
class HeadParser {
 public:
  explicit HeadParser(Side side, HeadLimits limits = {}) : side_(side), limits_(limits) {}

  /// Ready for the next message; keeps its memory.
  void reset();
  Progress parse(std::string_view bytes);
  /// The same bytes now live at `begin`.
  void rebase(const char* begin) { base_ = begin; }

  [[nodiscard]] const HttpProblem& problem() const { return problem_; }
  /// Bytes of the head including its blank line. From here on: after `done`.
  [[nodiscard]] size_t size() const { return line_begin_; }

  [[nodiscard]] std::string_view method() const { return text(method_); }
  /// Origin form (`/path?query`) or `*`; of an absolute form, the part after the authority, or `/`.
  [[nodiscard]] std::string_view target() const;
  [[nodiscard]] std::string_view path() const;
  /// Without `?`; empty if there is none.
  [[nodiscard]] std::string_view query() const;
  /// Host of the absolute form; empty otherwise.
  [[nodiscard]] std::string_view authority() const { return text(authority_); }
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::string_view reason() const { return text(reason_); }
  [[nodiscard]] HttpVersion version() const { return version_; }
  /// RFC 9112, 9.3: what the head alone says about the connection after this message.
  [[nodiscard]] bool keep_alive() const { return !close_ && (version_ == HttpVersion::http_1_1 || keep_alive_); }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }

  [[nodiscard]] BodyFraming request_framing() const;
  [[nodiscard]] BodyFraming response_framing(AnswerTo to) const;
  /// Content-Length as it was sent, also where no body follows (HEAD, 304).
  [[nodiscard]] bool has_content_length() const { return has_length_; }
  [[nodiscard]] uint64_t content_length() const { return length_; }

  struct Field {
    std::string_view name;
    std::string_view value;
    FieldKind kind = FieldKind::other;
  };
  [[nodiscard]] size_t field_count() const { return fields_.size(); }
  [[nodiscard]] Field field(size_t index) const;
  /// The value of the first field of that name (any case); empty if there is none.
  [[nodiscard]] std::string_view find(std::string_view name) const;
  /// True if the Connection field names it, so that it must not be forwarded.
  [[nodiscard]] bool is_connection_option(std::string_view name) const;

 private:
  struct Slice {
    uint32_t begin = 0;
    uint32_t length = 0;
  };
  struct StoredField {
    Slice name;
    Slice value;
    FieldKind kind = FieldKind::other;
  };

  [[nodiscard]] std::string_view text(Slice slice) const { return {base_ + slice.begin, slice.length}; }
  Progress refuse(int status, std::string_view text);
  bool start_line(uint32_t begin, uint32_t end);
  bool request_line(std::string_view line, uint32_t begin);
  bool request_target(Slice slice);
  bool status_line(std::string_view line, uint32_t begin);
  bool field_line(uint32_t begin, uint32_t end);
  bool known_field(const StoredField& field);
  bool connection_field(std::string_view value);
  bool finish();

  Side side_;
  HeadLimits limits_;
  const char* base_ = nullptr;
  uint32_t scanned_ = 0;
  uint32_t line_begin_ = 0;
  bool has_start_line_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool has_options_ = false;
  bool has_length_ = false;
  bool chunked_ = false;
  bool has_host_ = false;
  bool expects_continue_ = false;
  HttpVersion version_ = HttpVersion::http_1_1;
  int status_ = 0;
  uint64_t length_ = 0;
  Slice method_, target_, authority_, reason_;
  std::vector<StoredField> fields_;
  HttpProblem problem_;
};

/// Takes a body apart. Give it what has come; it eats a prefix and names the piece of payload inside.
class BodyDecoder {
 public:
  void start(BodyFraming framing);

  struct Step {
    size_t consumed = 0;
    std::string_view payload;  ///< inside the consumed bytes; may be empty
    Progress progress = Progress::more;
  };
  /// Call again while something was consumed and progress is `more`. After `done` nothing is consumed.
  Step next(std::string_view bytes);
  [[nodiscard]] bool done() const { return state_ == State::done; }
  /// The peer closed: was that the end of the body?
  [[nodiscard]] bool complete_at_eof() const { return state_ == State::done || state_ == State::until_close; }
  [[nodiscard]] std::string_view problem() const { return problem_; }

 private:
  enum class State : uint8_t {
    done, length, until_close,
    size_start, size, extension, size_lf, data, data_cr, data_lf,
    trailer_start, trailer_name, trailer_value, trailer_lf, last_lf,
    bad,
  };
  Step chunked(std::string_view bytes);
  bool framing_byte(char c);
  bool refuse(std::string_view text);

  State state_ = State::done;
  uint64_t left_ = 0;
  uint32_t digits_ = 0;
  uint32_t overhead_ = 0;
  std::string_view problem_;
};

/// "Not Found"; "Unknown" for codes without a registered phrase.
std::string_view reason_phrase(int status);

bool equals_ignoring_case(std::string_view a, std::string_view b);
bool is_token(std::string_view text);

/// Percent-decoding of a path or query part. False: a damaged escape, or one of NUL.
bool percent_decode(std::string_view text, std::string& out);

}  // namespace mops::net
