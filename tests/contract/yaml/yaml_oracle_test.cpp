#include "document/document.h"

#include <doctest/doctest.h>
#include <libfyaml.h>

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

}  // namespace

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
