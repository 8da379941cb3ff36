#include "http/curl_api.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace mops::http {

Result<CurlApi> load_curl_from(const char* soname) {
  void* library = ::dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    Error error{.code = ErrorCode::outside,
                .message = fmt::format("cannot load `{}`, which speaks HTTP for mops", soname),
                .help = "install libcurl4 (`apt-get install libcurl4`), then run the same command again"};
    if (reason != nullptr) error.causes.emplace_back(reason);
    return fail(std::move(error));
  }
  CurlApi api;
  const char* missing = nullptr;
#define MOPS_CURL_LOAD(name)                                                            \
  api.name = reinterpret_cast<decltype(&::curl_##name)>(::dlsym(library, "curl_" #name)); \
  if (api.name == nullptr && missing == nullptr) missing = "curl_" #name;
  MOPS_CURL_FUNCTIONS(MOPS_CURL_LOAD)
#undef MOPS_CURL_LOAD
  if (missing != nullptr)
    return fail(ErrorCode::outside, fmt::format("`{}` has no function `{}`", soname, missing), "install libcurl4 of version 7.88 or newer");
  if (const CURLcode rc = api.global_init(CURL_GLOBAL_DEFAULT); rc != CURLE_OK)
    return fail(ErrorCode::outside, fmt::format("cannot start libcurl: {}", api.easy_strerror(rc)));
  return api;
}

Result<const CurlApi*> load_curl() {
  static const Result<CurlApi> api = load_curl_from(MOPS_CURL_SONAME);
  if (!api) return fail(api.error());
  return &*api;
}

}  // namespace mops::http
