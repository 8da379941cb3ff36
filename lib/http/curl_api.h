#pragma once

#include "base/result.h"

#include <curl/curl.h>

/// Every function of libcurl that the house calls, without `curl_` in front. The witness program links the same list
/// normally, so that a function that vanished fails the build.
#define MOPS_CURL_FUNCTIONS(X) \
  X(global_init)               \
  X(version_info)              \
  X(easy_init)                 \
  X(easy_setopt)               \
  X(easy_getinfo)              \
  X(easy_reset)                \
  X(easy_cleanup)              \
  X(easy_strerror)             \
  X(multi_init)                \
  X(multi_add_handle)          \
  X(multi_remove_handle)       \
  X(multi_perform)             \
  X(multi_info_read)           \
  X(multi_poll)                \
  X(multi_wakeup)              \
  X(multi_cleanup)             \
  X(multi_strerror)            \
  X(slist_append)              \
  X(slist_free_all)

namespace mops::http {

struct CurlApi {
#define MOPS_CURL_MEMBER(name) decltype(&::curl_##name) name = nullptr;
  MOPS_CURL_FUNCTIONS(MOPS_CURL_MEMBER)
#undef MOPS_CURL_MEMBER
};

/// Loads libcurl the first time (linked, it would cost every start of the program several milliseconds) and never unloads
/// it. `soname` is for tests. Error: outside, says what to install. Safe from any thread.
Result<const CurlApi*> load_curl();
Result<CurlApi> load_curl_from(const char* soname);

}  // namespace mops::http
