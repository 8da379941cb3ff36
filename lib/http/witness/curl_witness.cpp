// Links every function of MOPS_CURL_FUNCTIONS normally. Never shipped: the build fails here when libcurl lacks one, and
// dpkg-shlibdeps reads from this program which package the loaded library comes from.
#include "http/curl_api.h"

#include <cstdio>

int main() {
#define MOPS_CURL_PRINT(name) std::printf("curl_%s %p\n", #name, reinterpret_cast<void*>(&::curl_##name));
  MOPS_CURL_FUNCTIONS(MOPS_CURL_PRINT)
  return 0;
}
