#pragma once

#include "base/process.h"

#include <doctest/doctest.h>
#include <string>

namespace mops::platform {

/// A second program at the file: runs the statements, and returns what it says (empty when all went well).
inline std::string by_hand(const Path& file, std::string_view sql) {
  constexpr const char* k_program = "import sqlite3, sys\n"
                                    "try:\n"
                                    "  with sqlite3.connect(sys.argv[1]) as db: db.executescript(sys.argv[2])\n"
                                    "except sqlite3.Error as e: print(e, end='')\n";
  const auto ran = run_process({.arguments = {"python3", "-c", k_program, file.string(), std::string(sql)}, .variables = Variables::of_this_process()});
  REQUIRE_MESSAGE(ran, ran.error().message);
  REQUIRE_MESSAGE(ran->exit_code == 0, ran->errors);
  return ran->output;
}

}  // namespace mops::platform
