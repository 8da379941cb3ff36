#include "document/document.h"

#include <doctest/doctest.h>
#include <libfyaml.h>

#include <array>
#include <random>

namespace mops::document {
namespace {

void append_shape(const Node& node, std::string& out) {
  if (node.kind == NodeKind::list) {
    out += '[';
    for (const Node& item : node.items) append_shape(item, out);
    out += ']';
  } else if (node.kind == NodeKind::map) {
    out += '{';
    for (const Entry& entry : node.entries) {
      append_shape(entry.key, out);
      append_shape(entry.value, out);
    }
    out += '}';
  } else {
    out += fmt::format("<{}>", node.text);
  }
}

std::string our_shape(const std::string& text) {
  const Document document = parse_yaml({.path = "a.yaml", .text = text});
  if (!document.is_sound()) return "refused";
  std::string out;
  append_shape(*document.root(), out);
  return out;
}

std::string scalar_text(fy_token* token) {
  size_t size = 0;
  const char* text = token == nullptr ? nullptr : fy_token_get_text(token, &size);
  return fmt::format("<{}>", text == nullptr ? std::string_view() : std::string_view(text, size));
}

std::string their_shape(const std::string& text) {
  fy_parse_cfg configuration{};
  configuration.flags = static_cast<fy_parse_cfg_flags>(FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2);
  const std::unique_ptr<fy_parser, decltype(&fy_parser_destroy)> parser(fy_parser_create(&configuration), fy_parser_destroy);
  fy_parser_set_string(parser.get(), text.data(), text.size());
  std::string out;
  bool is_complete = false;
  while (fy_event* event = fy_parser_parse(parser.get())) {
    switch (event->type) {
      case FYET_SEQUENCE_START: out += '['; break;
      case FYET_SEQUENCE_END: out += ']'; break;
      case FYET_MAPPING_START: out += '{'; break;
      case FYET_MAPPING_END: out += '}'; break;
      case FYET_SCALAR: out += scalar_text(event->scalar.value); break;
      case FYET_STREAM_END: is_complete = true; break;
      default: break;
    }
    fy_parser_event_free(parser.get(), event);
    if (is_complete) break;
  }
  return is_complete && !fy_parser_get_stream_error(parser.get()) ? out : "refused";
}

/// Texts as people write them, sometimes damaged. What libfyaml 0.7 reads wrongly is left out: block scalars that are folded and have
/// deeper lines, whose first line is empty or not deeper than their key, or which end without a line break.
class RandomText {
 public:
  explicit RandomText(uint32_t seed) : random_(seed) {
    block(0, 3);
    if (text.find('|') != std::string::npos) return;
    for (uint32_t left = random_() % 4; left > 0; --left) damage();
  }

  std::string text;

 private:
  bool chance(uint32_t one_in) { return random_() % one_in == 0; }

  template <size_t N>
  std::string_view one_of(const std::array<std::string_view, N>& words) {
    return words[random_() % N];
  }

  void add_scalar() {
    static constexpr std::array<std::string_view, 26> k_words = {
        "a", "b c", "1", "1.10", "~", "no", "\"x\\ty\"", "\"\\u00e9\"", "'it''s'", "''", "a#b", "x:y", "http://x/y", "-a", ":b", "!!str 1", "ü", "😀", "a,b",
        "=", "-1", "\"two\n  lines\"", "'two\n\n  lines'", "{}", "[]", "a\tb"};
    text += one_of(k_words);
  }

  void flow(int depth) {
    if (depth == 0 || chance(3)) return add_scalar();
    const bool is_map = chance(2);
    text += is_map ? "{" : "[";
    for (uint32_t i = 0, count = random_() % 4; i < count; ++i) {
      if (i > 0) text += chance(3) ? "," : ", ";
      if (is_map) text += fmt::format("k{}: ", keys_++);
      flow(depth - 1);
    }
    text += is_map ? "}" : "]";
  }

  void add_value(size_t indent, int depth) {
    if (depth > 0 && chance(3)) {
      text += '\n';
      block(indent + 1 + random_() % 3, depth - 1);
      return;
    }
    text += ' ';
    if (chance(5)) {
      static constexpr std::array<std::string_view, 3> k_styles = {"|", "|-", "|+"};
      const std::string margin(indent + 1, ' ');
      text += fmt::format("{}\n{}first\n", one_of(k_styles), margin);
      for (uint32_t left = random_() % 3; left > 0; --left) text += chance(4) ? "\n" : margin + (chance(3) ? " deeper\n" : "text # x\n");
      return;
    }
    flow(2);
    text += chance(4) ? "  # ö\n" : "\n";
  }

  void block(size_t indent, int depth) {
    const bool is_list = chance(2);
    for (uint32_t left = 1 + random_() % 3; left > 0; --left) {
      const std::string_view quote = chance(4) ? "\"" : "";
      text += std::string(indent, ' ') + (is_list ? "-" : fmt::format("{0}k{1}{0}:", quote, keys_++));
      add_value(indent, depth);
    }
  }

  void damage() {
    static constexpr std::array<std::string_view, 22> k_pieces = {" ", "\n", ":", "-", ",", "[", "]", "{", "}", "#", "'", "\"", "&a ", "!", "?", "  ", "- ", ": ",
                                                                  "\n\n", "\r\n", "? ", "x"};
    const size_t at = random_() % (text.size() + 1);
    if (chance(3)) text.erase(std::min(at, text.size() - 1), 1 + random_() % 2);
    else text.insert(at, one_of(k_pieces));
    if (text.empty()) text = "a";
  }

  std::mt19937 random_;
  int keys_ = 0;
};

}  // namespace

TEST_CASE("libfyaml makes the same of texts by chance, where both take them") {
  size_t compared = 0;
  for (uint32_t seed = 0; seed < 20'000; ++seed) {
    const RandomText random(seed);
    const std::string ours = our_shape(random.text);
    const std::string theirs = ours == "refused" ? "refused" : their_shape(random.text);
    if (theirs == "refused" || theirs.empty()) continue;
    ++compared;
    CAPTURE(seed);
    CHECK_MESSAGE(ours == theirs, random.text);
  }
  CHECK(compared > 5'000);
}

TEST_CASE("libfyaml makes the same of these texts") {
  for (const std::string text : {
           "a: 1\nb:\n  - x\n  - y: z\n    w: v\n",
           "- a\n- - b\n  - c\n- {k: v, l: [1, 2]}\n",
           "a: |\n  text\n   more\n\nb: >-\n  folded\n  lines\n\n  x\nc: 'it''s'\nd: \"a\\tb\\n\\x41\\u00e9\\U0001F600\"\n",
           "? complex\n: value\n? k2\n: - a\n  - b\n",
           "key:   # comment\n  sub: value # c\n\n  list:\n  - 1\n  - 2\n",
           "---\na: b\n...\n",
           "[a, b: c, {d: e}, \"f\": g, ]\n",
           "\"quoted key\": x\n'single': \"multi\n  line\n\n  text \\\n  joined\"\nplain: multi\n  line text\n",
           "a: |2\n    two\n  x\nb: |+\n  keep\n\nc: |-\n  strip\n",
           "a: >\n  p\n  q\n\n  r\n  s\n",
           "http://x.y/z: a:b\nc: d#e\nf: -1\ng: :h\ni: ?j\nk: -l\n",
           "{a: 1, b: , c, ? d : e, \"f\":g, 'h': }\n",
           "[http://a:80/x, a:b, \"q\", -1]\n",
           "%YAML 1.2\n---\nx: y\n",
           "a:\n- b\n- c: d\n  e: f\n- \"\"\nf: g\n",
           "a: b\r\nc:\r\n  - d\r\n  - |\r\n    e\r\n    f\r\n",
           "a: [\n  1,\n  2\n  ]\nb: {\n  c: d }\n",
           "a: !!str 1\nb: !!map {}\n",
           "# only a comment\na: \"#no\" # yes\nb: x#y\n",
           "a:\n  b:\n    c:\n      - d\n  e: f\ng: h\n",
       }) {
    CHECK_MESSAGE(our_shape(text) == their_shape(text), text);
    CHECK_MESSAGE(our_shape(text) != "refused", text);
  }
}

TEST_CASE("libfyaml refuses these texts as well") {
  for (const std::string text : {
           "a: b: c\n", "- a\nb: 1\n", "a: 1\n b: 2\n", "a: \"x\n", "a: 'x\n", "a: [1, 2\n", "a: {x: 1\n", "[a]]\n", "a: \"x\" y\n", "a:\n\t- b\n", "a: @x\n", "a: `x\n",
           "a: %x\n: y: z\n", "a: \"\\q\"\n", "key: [a, b\nfoo: bar\n", "a: - b\n", "a\nb: 1\n", "a: !e!x 1\n", "{a: 1}}\n", "a: *\n", "- a\n b\n- c: d: e\n", "a: &x &y 1\n",
       }) {
    CHECK_MESSAGE(our_shape(text) == "refused", text);
    CHECK_MESSAGE(their_shape(text) == "refused", text);
  }
}

TEST_CASE("what libfyaml refuses and we take, since all other readers do and it has one meaning") {
  for (const std::string text : {"a: [\n1\n]\n", "a: \"x\ny\"\n", "a: |# c\n  x\n"}) {
    CHECK_MESSAGE(our_shape(text) != "refused", text);
    CHECK_MESSAGE(their_shape(text) == "refused", text);
  }
}

TEST_CASE("what libfyaml takes and we refuse, since libyaml does") {
  for (const std::string text : {"[a, :x]\n", "{?a : b}\n", "[a\n b: c]\n", ": a\n"}) {
    CHECK_MESSAGE(our_shape(text) == "refused", text);
    CHECK_MESSAGE(their_shape(text) != "refused", text);
  }
}

}  // namespace mops::document
