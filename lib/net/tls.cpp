#include "net/tls.h"

#include <algorithm>
#include <climits>
#include <ctime>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace mops::net {

namespace {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* connection) const { SSL_free(connection); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reader_of(std::string_view text) { return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(std::min<size_t>(text.size(), INT_MAX)))); }

/// `2026-11-27`
std::string day_of(const ASN1_TIME& time) {
  std::tm parts{};
  ASN1_TIME_to_tm(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

Result<void> check_days(const X509& certificate, SystemTime now) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const ASN1_TIME& first = *X509_get0_notBefore(&certificate);
  const ASN1_TIME& last = *X509_get0_notAfter(&certificate);
  if (X509_cmp_time(&last, &seconds) < 0) return fail(ErrorCode::invalid, fmt::format("the certificate expired on {}", day_of(last)));
  if (X509_cmp_time(&first, &seconds) > 0) return fail(ErrorCode::invalid, fmt::format("the certificate is not valid before {}", day_of(first)), "compare with `date`");
  return {};
}

/// A key that asks for a password has none that we know.
int no_password(char*, int, int, void*) { return 0; }

int choose_http_1_1(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered, unsigned length, void*) {
  constexpr std::string_view k_ours = "http/1.1";
  for (unsigned at = 0; at < length; at += 1U + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, std::min<size_t>(offered[at], length - at - 1));
    if (name != k_ours) continue;
    *out = offered + at + 1;
    *out_length = static_cast<unsigned char>(k_ours.size());
    return SSL_TLSEXT_ERR_OK;
  }
  // A client that offers other protocols only hears of it as HTTP/1.1 answers.
  return SSL_TLSEXT_ERR_NOACK;
}

Result<void> use_chain(SSL_CTX& context, std::string_view chain, SystemTime now) {
  const Owned<BIO> text = reader_of(chain);
  const Owned<X509> leaf(PEM_read_bio_X509_AUX(text.get(), nullptr, no_password, nullptr));
  if (!leaf || SSL_CTX_use_certificate(&context, leaf.get()) != 1) return fail(ErrorCode::invalid, "the certificate cannot be read", "write it in PEM, the server's own first, then those that lead to a root");
  MOPS_TRY(check_days(*leaf, now));
  while (X509* next = PEM_read_bio_X509(text.get(), nullptr, no_password, nullptr)) {
    if (SSL_CTX_add0_chain_cert(&context, next) == 1) continue;
    X509_free(next);
    return fail(ErrorCode::invalid, "a certificate of the chain cannot be used");
  }
  // The end of the text is the one error that is none.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return fail(ErrorCode::invalid, "a certificate of the chain cannot be read");
  return {};
}

Result<void> use_key(SSL_CTX& context, std::string_view key) {
  const Owned<BIO> text = reader_of(key);
  const Owned<EVP_PKEY> parsed(PEM_read_bio_PrivateKey(text.get(), nullptr, no_password, nullptr));
  if (!parsed) return fail(ErrorCode::invalid, "the key of the certificate cannot be read", "write it in PEM, without a password");
  if (SSL_CTX_use_PrivateKey(&context, parsed.get()) != 1 || SSL_CTX_check_private_key(&context) != 1)
    return fail(ErrorCode::invalid, "the key is not that of the certificate");
  return {};
}

}  // namespace

struct TlsContext::Native {
  Owned<SSL_CTX> context;
};

struct TlsConnection::Native {
  Owned<SSL> connection;
};

TlsContext::TlsContext(std::unique_ptr<Native> native) : native_(std::move(native)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::make(std::string_view chain, std::string_view key, SystemTime now) {
  ERR_clear_error();
  Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(ErrorCode::outside, "OpenSSL cannot be used");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  // Tickets carry sessions; a cache here would only grow with the clients.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_http_1_1, nullptr);
  MOPS_TRY(use_chain(*context, chain, now));
  MOPS_TRY(use_key(*context, key));
  ERR_clear_error();
  auto native = std::make_unique<Native>();
  native->context = std::move(context);
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(native)));
}

TlsConnection::TlsConnection(std::shared_ptr<const TlsContext> context, int fd) : context_(std::move(context)), native_(std::make_unique<Native>()) {
  native_->connection.reset(SSL_new(context_->native_->context.get()));
  broken_ = !native_->connection || SSL_set_fd(native_->connection.get(), fd) != 1;
  if (!broken_) SSL_set_accept_state(native_->connection.get());
}

TlsConnection::~TlsConnection() = default;

IoState TlsConnection::handshake() {
  if (broken_) return IoState::failed;
  SSL* ssl = native_->connection.get();
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl);
  if (result == 1) return IoState::done;
  const int error = SSL_get_error(ssl, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return IoState::blocked;
  const int reason = ERR_GET_REASON(ERR_peek_error());
  met_plain_http_ = error == SSL_ERROR_SSL && (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST);
  broken_ = true;
  return IoState::failed;
}

IoResult TlsConnection::read(std::span<char> into) {
  if (broken_) return {.state = IoState::failed};
  SSL* ssl = native_->connection.get();
  read_waits_for_writing_ = false;
  size_t got = 0;
  ERR_clear_error();
  const int result = SSL_read_ex(ssl, into.data(), into.size(), &got);
  if (result == 1) return {.bytes = got};
  switch (SSL_get_error(ssl, result)) {
    case SSL_ERROR_WANT_WRITE: read_waits_for_writing_ = true; [[fallthrough]];
    case SSL_ERROR_WANT_READ: return {.state = IoState::blocked};
    case SSL_ERROR_ZERO_RETURN: return {.state = IoState::closed};
    default: broken_ = true; return {.state = IoState::failed};
  }
}

IoResult TlsConnection::write(std::string_view bytes) {
  IoResult result;
  if (broken_) return {.state = IoState::failed};
  SSL* ssl = native_->connection.get();
  write_waits_for_reading_ = false;
  while (result.bytes < bytes.size()) {
    size_t sent = 0;
    ERR_clear_error();
    const int code = SSL_write_ex(ssl, bytes.data() + result.bytes, bytes.size() - result.bytes, &sent);
    if (code == 1) {
      result.bytes += sent;
      continue;
    }
    const int error = SSL_get_error(ssl, code);
    write_waits_for_reading_ = error == SSL_ERROR_WANT_READ;
    broken_ = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
    result.state = broken_ ? IoState::failed : IoState::blocked;
    return result;
  }
  return result;
}

void TlsConnection::say_goodbye() {
  if (broken_) return;
  ERR_clear_error();
  SSL_shutdown(native_->connection.get());
}

}  // namespace mops::net
