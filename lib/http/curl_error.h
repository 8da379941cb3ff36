#pragma once

#include "base/error.h"
#include "http/message.h"


namespace mops::http {

/// Where a request stood when libcurl gave up.
struct CurlFailure {
  int code = 0;               ///< a CURLcode
  long os_errno = 0;          ///< of the failed connect; 0 when there was none
  std::string detail = {};    ///< libcurl's own words
  bool answer_too_long = false;
};

/// The failure in words of people. Names the URL without its secrets.
Error curl_error(const Request& request, const CurlFailure& failure);

}  // namespace mops::http
