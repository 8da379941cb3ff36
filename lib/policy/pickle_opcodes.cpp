#include "policy/pickle_opcodes.h"

#include "base/character.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace mops::policy {
namespace {

enum class Argument {
  none,
  bytes,          ///< `size` bytes
  counted_bytes,  ///< a count of `size` bytes, little endian, then as many bytes
  number_line,
  quoted_line,
  line,
  name_lines,  ///< module and name
};

enum class Stack {
  exchange,  ///< takes `takes` values, puts `puts`
  mark,
  to_mark,  ///< takes all values above the last mark and the mark, and needs `takes` values below it; puts `puts`
};

struct Opcode {
  char code;
  Argument argument = Argument::none;
  uint8_t size = 0;
  Stack stack = Stack::exchange;
  uint8_t takes = 0;
  uint8_t puts = 0;
  bool is_plain = false;  ///< of a number, text or name of a value before
  bool finds_code = false;
  bool calls_code = false;
};

constexpr Opcode plain(char code, Argument argument, uint8_t size = 0) { return {.code = code, .argument = argument, .size = size, .puts = 1, .is_plain = true}; }
constexpr Opcode memo(char code, Argument argument, uint8_t size = 0) { return {.code = code, .argument = argument, .size = size, .takes = 1, .puts = 1, .is_plain = true}; }
constexpr Opcode exchange(char code, uint8_t takes, uint8_t puts) { return {.code = code, .takes = takes, .puts = puts}; }
constexpr Opcode to_mark(char code, uint8_t takes, uint8_t puts) { return {.code = code, .stack = Stack::to_mark, .takes = takes, .puts = puts}; }
constexpr Opcode call(char code, uint8_t takes) { return {.code = code, .takes = takes, .puts = 1, .calls_code = true}; }

/// Protocols 0 to 5 (PEP 307, PEP 3154, PEP 574), without STOP.
constexpr std::array k_opcodes = {
    Opcode{.code = '(', .stack = Stack::mark},
    // Numbers and texts.
    plain('F', Argument::number_line),
    plain('I', Argument::number_line),
    plain('L', Argument::number_line),
    plain('J', Argument::bytes, 4),
    plain('K', Argument::bytes, 1),
    plain('M', Argument::bytes, 2),
    plain('G', Argument::bytes, 8),
    plain('\x8a', Argument::counted_bytes, 1),
    plain('\x8b', Argument::counted_bytes, 4),
    plain('N', Argument::none),
    plain('\x88', Argument::none),
    plain('\x89', Argument::none),
    plain('S', Argument::quoted_line),
    plain('V', Argument::line),
    plain('T', Argument::counted_bytes, 4),
    plain('U', Argument::counted_bytes, 1),
    plain('X', Argument::counted_bytes, 4),
    plain('B', Argument::counted_bytes, 4),
    plain('C', Argument::counted_bytes, 1),
    plain('\x8c', Argument::counted_bytes, 1),
    plain('\x8d', Argument::counted_bytes, 8),
    plain('\x8e', Argument::counted_bytes, 8),
    plain('\x96', Argument::counted_bytes, 8),
    plain('\x97', Argument::none),
    exchange('\x98', 1, 1),
    // Values that were met before.
    plain('g', Argument::number_line),
    plain('h', Argument::bytes, 1),
    plain('j', Argument::bytes, 4),
    memo('p', Argument::number_line),
    memo('q', Argument::bytes, 1),
    memo('r', Argument::bytes, 4),
    memo('\x94', Argument::none),
    // Containers.
    exchange(']', 0, 1),
    exchange('}', 0, 1),
    exchange(')', 0, 1),
    exchange('\x8f', 0, 1),
    exchange('a', 2, 1),
    exchange('s', 3, 1),
    exchange('\x85', 1, 1),
    exchange('\x86', 2, 1),
    exchange('\x87', 3, 1),
    to_mark('e', 1, 0),
    to_mark('u', 1, 0),
    to_mark('\x90', 1, 0),
    to_mark('d', 0, 1),
    to_mark('l', 0, 1),
    to_mark('t', 0, 1),
    to_mark('\x91', 0, 1),
    to_mark('1', 0, 0),
    exchange('0', 1, 0),
    exchange('2', 1, 2),
    // What finds code and calls it.
    Opcode{.code = 'c', .argument = Argument::name_lines, .puts = 1, .finds_code = true},
    Opcode{.code = 'i', .argument = Argument::name_lines, .stack = Stack::to_mark, .puts = 1, .finds_code = true, .calls_code = true},
    Opcode{.code = 'o', .stack = Stack::to_mark, .puts = 1, .calls_code = true},
    Opcode{.code = '\x82', .argument = Argument::bytes, .size = 1, .puts = 1, .finds_code = true},
    Opcode{.code = '\x83', .argument = Argument::bytes, .size = 2, .puts = 1, .finds_code = true},
    Opcode{.code = '\x84', .argument = Argument::bytes, .size = 4, .puts = 1, .finds_code = true},
    Opcode{.code = 'P', .argument = Argument::line, .puts = 1},
    exchange('Q', 1, 1),
    call('R', 2),
    exchange('b', 2, 1),
    call('\x81', 2),
    call('\x92', 3),
    Opcode{.code = '\x93', .takes = 2, .puts = 1, .finds_code = true},
    // About the pickle itself.
    Opcode{.code = '\x80', .argument = Argument::bytes, .size = 1, .is_plain = true},
    Opcode{.code = '\x95', .argument = Argument::bytes, .size = 8, .is_plain = true},
};

const Opcode* find_opcode(char code) {
  const auto found = std::find_if(k_opcodes.begin(), k_opcodes.end(), [&](const Opcode& opcode) { return opcode.code == code; });
  return found == k_opcodes.end() ? nullptr : &*found;
}

/// Takes the argument of an opcode from the front of the bytes. False: there is no such argument.
bool take_argument(const Opcode& opcode, std::string_view& bytes) {
  const auto take = [&](uint64_t size) {
    if (size > bytes.size()) return false;
    bytes.remove_prefix(size);
    return true;
  };
  const auto take_line = [&]() -> std::optional<std::string_view> {
    const size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    return line;
  };
  const auto is_name = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '.' || c == '<' || c == '>' || (c & 0x80) != 0; });
  };
  switch (opcode.argument) {
    case Argument::none: return true;
    case Argument::bytes: return take(opcode.size);
    case Argument::counted_bytes: {
      uint64_t count = 0;
      for (size_t i = 0; i < opcode.size && i < bytes.size(); ++i) count |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
      return take(opcode.size) && take(count);
    }
    case Argument::number_line: {
      const auto line = take_line();
      return line && !line->empty() && line->find_first_not_of("0123456789+-.eELinfa") == std::string_view::npos;
    }
    case Argument::quoted_line: {
      const auto line = take_line();
      return line && line->size() >= 2 && (line->front() == '\'' || line->front() == '"') && line->back() == line->front();
    }
    case Argument::line: return take_line().has_value();
    case Argument::name_lines: {
      const auto module = take_line();
      const auto name = module ? take_line() : std::nullopt;
      return name && is_name(*module) && is_name(*name);
    }
  }
  return false;
}

}  // namespace

bool are_pickle_opcodes(std::string_view bytes) {
  size_t depth = 0;               // values above the last mark
  std::vector<size_t> below;      // values between the marks before
  bool is_plain = true;
  bool has_code = false;
  while (!bytes.empty()) {
    const char code = bytes.front();
    bytes.remove_prefix(1);
    if (code == '.') return depth == 1 && below.empty() && !is_plain && (has_code || trim(bytes).empty());
    const Opcode* opcode = find_opcode(code);
    if (opcode == nullptr || !take_argument(*opcode, bytes)) return false;
    is_plain = is_plain && opcode->is_plain;
    has_code = has_code || opcode->finds_code;
    if (opcode->stack == Stack::mark) {
      below.push_back(std::exchange(depth, 0));
      continue;
    }
    if (opcode->stack == Stack::to_mark) {
      if (below.empty()) return false;
      depth = below.back();
      below.pop_back();
      if (depth < opcode->takes) return false;
      depth += opcode->puts;
    } else {
      if (depth < opcode->takes) return false;
      depth = depth - opcode->takes + opcode->puts;
    }
    // Whatever comes now, the call was made.
    if (has_code && opcode->calls_code) return true;
  }
  return false;
}

}  // namespace mops::policy
