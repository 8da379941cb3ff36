#include "policy/secret.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace mops::policy {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_word(char c) { return is_alphanumeric(c) || c == '_'; }
bool is_upper_or_digit(char c) { return is_upper(c) || is_digit(c); }
bool is_word_or_dash(char c) { return is_word(c) || c == '-'; }
bool is_base64(char c) { return is_alphanumeric(c) || c == '+' || c == '/'; }

/// A token that its maker lets begin in one way.
struct TokenForm {
  std::string_view kind;
  std::string_view prefix;
  bool (*fits)(char);  ///< what comes after the prefix
  size_t shortest;     ///< of what comes after
  size_t longest;
};

/// Forms as GitHub's secret scanning and the makers' pages document them.
constexpr std::array k_tokens = {
    TokenForm{"an AWS access key", "AKIA", is_upper_or_digit, 16, 16},
    TokenForm{"an AWS access key", "ASIA", is_upper_or_digit, 16, 16},
    TokenForm{"a GitHub token", "ghp_", is_alphanumeric, 36, 251},
    TokenForm{"a GitHub token", "gho_", is_alphanumeric, 36, 251},
    TokenForm{"a GitHub token", "ghu_", is_alphanumeric, 36, 251},
    TokenForm{"a GitHub token", "ghs_", is_alphanumeric, 36, 251},
    TokenForm{"a GitHub token", "ghr_", is_alphanumeric, 36, 251},
    TokenForm{"a GitHub token", "github_pat_", is_word, 60, 251},
    TokenForm{"a GitLab token", "glpat-", is_word_or_dash, 20, 300},
    TokenForm{"a Slack token", "xoxb-", is_word_or_dash, 20, 300},
    TokenForm{"a Slack token", "xoxp-", is_word_or_dash, 20, 300},
    TokenForm{"a Google API key", "AIza", is_word_or_dash, 35, 35},
    TokenForm{"a Hugging Face token", "hf_", is_alphanumeric, 34, 40},
    TokenForm{"an npm token", "npm_", is_alphanumeric, 36, 36},
    TokenForm{"a PyPI token", "pypi-AgEIcHlwaS5vcmc", is_word_or_dash, 50, 1000},
    TokenForm{"an OpenAI key", "sk-proj-", is_word_or_dash, 40, 300},
    TokenForm{"an Anthropic key", "sk-ant-", is_word_or_dash, 40, 300},
    TokenForm{"a Stripe key", "sk_live_", is_alphanumeric, 24, 250},
};

/// Bits a character (Shannon): `xxxxxxxx` and `0123401234` are no secrets.
double entropy(std::string_view text) {
  std::array<size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const size_t count : counts)
    if (count > 0) bits -= static_cast<double>(count) / static_cast<double>(text.size()) * std::log2(static_cast<double>(count) / static_cast<double>(text.size()));
  return bits;
}

bool is_placeholder(std::string_view text) {
  constexpr double k_least_entropy = 3.0;
  return entropy(text) < k_least_entropy || text.ends_with("EXAMPLE") || text.find("example") != std::string_view::npos;
}

struct Bytes {
  std::string_view kind;
  size_t begin = 0;
  size_t end = 0;
};

void find_token_at(std::string_view text, size_t at, const TokenForm& form, std::vector<Bytes>& found) {
  const size_t begin = at + form.prefix.size();
  size_t end = begin;
  while (end < text.size() && form.fits(text[end])) ++end;
  const std::string_view rest = text.substr(begin, end - begin);
  const bool is_alone = (at == 0 || !is_word_or_dash(text[at - 1])) && (end == text.size() || !is_word(text[end]));
  if (is_alone && rest.size() >= form.shortest && rest.size() <= form.longest && !is_placeholder(rest)) found.push_back({form.kind, at, end});
}

/// Every prefix has one of these, which are rarer in texts than its other letters. The first one of a prefix is looked for.
constexpr std::string_view k_rare = "A_-";

constexpr auto k_before_rare = [] {
  std::array<size_t, k_tokens.size()> counts{};
  for (size_t i = 0; i < counts.size(); ++i) counts[i] = k_tokens[i].prefix.find_first_of(k_rare);
  return counts;
}();
static_assert(std::find(k_before_rare.begin(), k_before_rare.end(), std::string_view::npos) == k_before_rare.end());

void find_tokens(std::string_view text, std::vector<Bytes>& found) {
  for (const char rare : k_rare) {
    for (size_t at = text.find(rare); at != std::string_view::npos; at = text.find(rare, at + 1)) {
      for (size_t i = 0; i < k_tokens.size(); ++i) {
        const std::string_view prefix = k_tokens[i].prefix;
        const size_t before = k_before_rare[i];
        if (before > at || prefix[before] != rare || text[at - before] != prefix[0]) continue;
        if (text.substr(at - before).starts_with(prefix)) find_token_at(text, at - before, k_tokens[i], found);
      }
    }
  }
}

/// `-----BEGIN … PRIVATE KEY-----` with a key after it; the line breaks may be written `\n`, as in JSON.
void find_private_keys(std::string_view text, std::vector<Bytes>& found) {
  constexpr std::string_view k_begin = "-----BEGIN ";
  constexpr std::string_view k_end = "PRIVATE KEY";
  for (size_t at = text.find(k_begin); at != std::string_view::npos; at = text.find(k_begin, at + 1)) {
    const size_t close = text.find("-----", at + k_begin.size());
    if (close == std::string_view::npos || close - at > 60) continue;
    const std::string_view title = text.substr(at + k_begin.size(), close - at - k_begin.size());
    if (title.find(k_end) == std::string_view::npos) continue;
    size_t body = close + 5;
    while (body < text.size() && (text[body] == '\n' || text[body] == '\r' || text[body] == ' ')) ++body;
    if (text.substr(body, 2) == "\\n") body += 2;
    size_t end = body;
    while (end < text.size() && is_base64(text[end])) ++end;
    constexpr size_t k_shortest_line = 32;
    const std::string_view line = text.substr(body, end - body);
    const bool is_encrypted_header = text.substr(body).starts_with("Proc-Type:");
    if (is_encrypted_header || (line.size() >= k_shortest_line && !is_placeholder(line))) found.push_back({"a private key", at, std::max(end, close + 5)});
  }
}

/// `scheme://user:password@host`, where the password is written out.
void find_passwords_in_urls(std::string_view text, std::vector<Bytes>& found) {
  constexpr std::string_view k_separator = "://";
  for (size_t at = text.find(k_separator); at != std::string_view::npos; at = text.find(k_separator, at + 1)) {
    const size_t begin = at + k_separator.size();
    const size_t end = text.find_first_of("/ \t\r\n\"'`<>?#@", begin);
    if (end == std::string_view::npos || text[end] != '@') continue;
    const std::string_view user = text.substr(begin, end - begin);
    const size_t colon = user.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view password = user.substr(colon + 1);
    const bool is_variable = password.find_first_of("${}*[]%") != std::string_view::npos;
    constexpr std::array<std::string_view, 10> k_words = {"password", "passwd", "pass", "secret", "token", "pw", "pwd", "user", "changeme", "xxx"};
    std::string lower(password);
    for (char& c : lower) c = is_upper(c) ? static_cast<char>(c | 0x20) : c;
    if (password.size() < 4 || is_variable || std::find(k_words.begin(), k_words.end(), lower) != k_words.end() || entropy(password) < 1.5) continue;
    found.push_back({"a password in a URL", begin + colon + 1, end});
  }
}

/// Places of byte offsets that only grow.
class PlaceCounter {
 public:
  explicit PlaceCounter(std::string_view text) : text_(text) {}
  Position at(size_t offset) {
    for (; place_.offset < offset; ++place_.offset) {
      const char c = text_[place_.offset];
      if (c == '\n') {
        ++place_.line;
        place_.column = 1;
      } else if ((static_cast<unsigned char>(text_[place_.offset + 1 < text_.size() ? place_.offset + 1 : place_.offset]) & 0xC0) != 0x80) {
        ++place_.column;
      }
    }
    return place_;
  }

 private:
  std::string_view text_;
  Position place_;
};

}  // namespace

std::vector<FoundSecret> find_secrets(std::string_view text) {
  std::vector<Bytes> found;
  find_tokens(text, found);
  find_private_keys(text, found);
  find_passwords_in_urls(text, found);
  std::sort(found.begin(), found.end(), [](const Bytes& a, const Bytes& b) { return a.begin < b.begin; });
  std::vector<FoundSecret> secrets;
  PlaceCounter places(text);
  size_t done = 0;
  for (const Bytes& bytes : found) {
    // A password in a URL may be a token as well.
    if (bytes.begin < done) continue;
    const Position begin = places.at(bytes.begin);
    secrets.push_back({.kind = bytes.kind, .span = {.begin = begin, .end = places.at(bytes.end)}});
    done = bytes.end;
  }
  return secrets;
}

}  // namespace mops::policy
