#include "policy/pattern.h"

#include "policy/ecma_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace mops::policy {
namespace {

constexpr uint32_t k_most_steps = 1'000'000;
constexpr uint32_t k_most_memory_kib = 64 * 1024;

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

/// `^` and letters, digits, `-`, `_`: looked for in every key of a manifest.
bool is_plain_prefix(std::string_view expression) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return expression.starts_with('^') && std::all_of(expression.begin() + 1, expression.end(), is_plain);
}

}  // namespace

struct PatternScratch::State {
  std::unique_ptr<pcre2_match_data, FreeMatchData> data{pcre2_match_data_create(1, nullptr)};
  std::unique_ptr<pcre2_match_context, FreeContext> context{pcre2_match_context_create(nullptr)};
};

PatternScratch::PatternScratch() = default;
PatternScratch::~PatternScratch() = default;

struct Pattern::Code {
  std::unique_ptr<pcre2_code, FreeCode> code;
  std::string prefix;  ///< of `^x-`, which needs no engine; then there is no code
};

Pattern::Pattern(std::unique_ptr<Code> code) : code_(std::move(code)) {}
Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

Result<Pattern> Pattern::compile(std::string_view expression, PatternSpeed speed) {
  MOPS_ASSIGN(const std::string translated, translate_ecma_pattern(expression));
  auto owned = std::make_unique<Code>();
  if (is_plain_prefix(expression)) {
    owned->prefix = expression.substr(1);
    return Pattern(std::move(owned));
  }
  constexpr uint32_t k_options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF;
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(), k_options, &error, &at, nullptr);
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    return fail(ErrorCode::invalid,
                fmt::format("`{}` is not a regular expression: {}", expression, reinterpret_cast<const char*>(message.data())));
  }
  owned->code.reset(code);
  // Without machine code (not available, no memory) the interpreter does the same, more slowly.
  if (speed == PatternSpeed::many_documents) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  return Pattern(std::move(owned));
}

Match Pattern::search(std::string_view text, PatternScratch& scratch) const {
  if (code_->code == nullptr) return text.starts_with(code_->prefix) ? Match::yes : Match::no;
  if (!scratch.state_) {
    scratch.state_ = std::make_unique<PatternScratch::State>();
    pcre2_set_match_limit(scratch.state_->context.get(), k_most_steps);
    pcre2_set_heap_limit(scratch.state_->context.get(), k_most_memory_kib);
  }
  const auto run = [&](uint32_t options) {
    return pcre2_match(code_->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, options, scratch.state_->data.get(),
                       scratch.state_->context.get());
  };
  int result = run(0);
  // The stack of the machine code is small; the interpreter takes its memory from the heap.
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = run(PCRE2_NO_JIT);
  if (result >= 0) return Match::yes;
  return result == PCRE2_ERROR_NOMATCH ? Match::no : Match::gave_up;
}

}  // namespace mops::policy
