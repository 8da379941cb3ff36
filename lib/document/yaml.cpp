#include "document/builder.h"
#include "document/encoding.h"
#include "document/plain_yaml.h"
#include "document/scalar.h"
#include "document/yaml_events.h"
#include "document/yaml_syntax.h"

#include "base/text.h"

#include <fmt/format.h>

#include <unordered_map>

namespace mops::document {
namespace {

constexpr std::string_view k_core_tag = "tag:yaml.org,2002:";
constexpr uint64_t k_most_aliased = 1'000'000;
constexpr size_t k_most_names_to_compare = 1000;
/// libyaml looks at every open bracket for every value, so that 6 MB of numbers in 990 brackets would take a minute.
constexpr size_t k_deep_flow = 64;
constexpr uint64_t k_most_flow_work = 200'000'000;

enum class Step { proceed, stop };

/// Turns the events of one YAML text into a document.
class YamlReader {
 public:
  explicit YamlReader(DocumentBuilder& builder) : builder_(builder), text_(builder.text()), events_(text_) {}

  /// False: what was read is not worth keeping.
  bool read() {
    size_t documents = 0;
    while (const Event* event = events_.next()) {
      if (event->kind == EventKind::stream_end) return true;
      if (event->kind == EventKind::document_start) {
        if (++documents == 1) continue;
        builder_.report("several-documents", event->span, "found a second document, expected one in a file", "keep each document in a file of its own");
        return true;
      }
      if (take(*event) == Step::stop) return false;
    }
    report_syntax(builder_, text_, events_.problem());
    return false;
  }

 private:
  struct Anchor {
    std::optional<Built> value;  ///< nothing while the value is being read
    Span place;
  };

  struct Opened {
    std::string_view anchor;  ///< empty: none
    bool is_in_brackets = false;
  };

  Step take(const Event& event) {
    if (flow_depth_ > k_deep_flow && (flow_work_ += flow_depth_) > k_most_flow_work) {
      builder_.report("too-deep", event.span, fmt::format("too many values are nested deeper than {} levels of brackets", k_deep_flow));
      return Step::stop;
    }
    if (const size_t begin = event.span.begin.offset; begin > 0 && text_[begin - 1] == '?' && event.span.end.offset > begin) {
      builder_.report("syntax", event.span, "found `?` without a space behind it", "put the text in quotes if it begins with a question mark");
      return Step::stop;
    }
    switch (event.kind) {
      case EventKind::alias: return take_alias(event);
      case EventKind::scalar: {
        const Node node = scalar(event);
        builder_.add(node);
        if (const auto anchor = declare(event); !anchor.empty()) anchors_[anchor].value = Built{.node = node, .extent = {}};
        return Step::proceed;
      }
      case EventKind::list_start: return open(event, NodeKind::list);
      case EventKind::map_start: return open(event, NodeKind::map);
      case EventKind::list_end:
      case EventKind::map_end: {
        const bool has_bracket = event.span.begin.offset != event.span.end.offset;
        const Built built = builder_.close(has_bracket ? std::optional(event.span.end) : std::nullopt);
        const Opened opened = opened_.back();
        opened_.pop_back();
        if (!opened.anchor.empty()) anchors_[opened.anchor].value = built;
        if (opened.is_in_brackets) --flow_depth_;
        return Step::proceed;
      }
      default: return Step::proceed;
    }
  }

  Step open(const Event& event, NodeKind kind) {
    const std::string_view tag = kind == NodeKind::list ? "seq" : "map";
    if (!event.tag.empty() && event.tag != "!" && !(event.tag.starts_with(k_core_tag) && event.tag.substr(k_core_tag.size()) == tag)) report_tag(event);
    if (!builder_.open({.kind = kind, .span = event.span})) return Step::stop;
    opened_.push_back({.anchor = declare(event), .is_in_brackets = event.is_in_brackets});
    if (event.is_in_brackets) ++flow_depth_;
    return Step::proceed;
  }

  /// The name under which the value of `event` can be found later; empty: none.
  std::string_view declare(const Event& event) {
    if (event.anchor.empty()) return {};
    const std::string_view name = builder_.keep(event.anchor);
    const auto [place, is_new] = anchors_.try_emplace(name, Anchor{.value = std::nullopt, .place = event.span});
    if (is_new) return name;
    builder_.report("anchor", event.span, fmt::format("the anchor {} appears twice", in_backticks(fmt::format("&{}", name))), "give the second one another name")
        .labels.push_back(builder_.label(place->second.place, "first defined here"));
    return {};
  }

  Step take_alias(const Event& event) {
    const auto found = anchors_.find(event.anchor);
    if (builder_.has_enough_findings() && (found == anchors_.end() || !found->second.value)) {
      builder_.add({.span = event.span});
      return Step::proceed;
    }
    const std::string name = in_backticks(fmt::format("*{}", event.anchor));
    if (found == anchors_.end()) {
      builder_.report("anchor", event.span, fmt::format("found the alias {} without an anchor {} before it", name, in_backticks(fmt::format("&{}", event.anchor))),
                      suggestion(event.anchor));
      builder_.add({.span = event.span});
      return Step::proceed;
    }
    if (!found->second.value) {
      builder_.report("anchor", event.span, fmt::format("the alias {} is inside the value that it names", name), "write the value out");
      builder_.add({.span = event.span});
      return Step::proceed;
    }
    Built built = *found->second.value;
    built.node.span = event.span;
    built.node.is_alias = true;
    aliased_ += built.extent.weight + built.node.text.size() / 32;
    if (aliased_ > k_most_aliased) {
      builder_.report("anchor", event.span, fmt::format("aliases expand to more than {} values", k_most_aliased), "write the values out");
      return Step::stop;
    }
    if (builder_.depth() + built.extent.height > k_deepest) {
      builder_.report("too-deep", event.span, fmt::format("values are nested deeper than {} levels", k_deepest));
      return Step::stop;
    }
    builder_.add(built.node, built.extent);
    return Step::proceed;
  }

  [[nodiscard]] std::string suggestion(std::string_view name) const {
    std::vector<std::string> names;
    if (anchors_.size() <= k_most_names_to_compare)
      for (const auto& [known, anchor] : anchors_) names.emplace_back(known);
    const auto near = nearest(name, names);
    return near ? fmt::format("did you mean `*{}`?", *near) : "quote the text if it is no alias";
  }

  Node scalar(const Event& event) {
    Node node{.kind = NodeKind::string, .style = event.style, .text = keep(event), .span = event.span};
    if (event.style == ScalarStyle::block) node.span.end = end_of_block(event.span);
    node.is_tagged = !event.tag.empty();
    if (event.tag.empty()) {
      if (event.style == ScalarStyle::plain && !has_plain_tag(node)) resolve_plain(node, node.text);
    } else if (event.tag.starts_with(k_core_tag)) {
      resolve_tagged(node, event);
    } else if (event.tag != "!") {
      report_tag(event);
    }
    return node;
  }

  void resolve_tagged(Node& node, const Event& event) {
    const std::string_view name = event.tag.substr(k_core_tag.size());
    if (name == "str") return;
    const NodeKind wanted = name == "int"     ? NodeKind::integer
                            : name == "float" ? NodeKind::number
                            : name == "bool"  ? NodeKind::boolean
                            : name == "null"  ? NodeKind::null
                                              : NodeKind::list;
    if (wanted == NodeKind::list) return report_tag(event);
    resolve_plain(node, node.text);
    if (wanted == NodeKind::number && node.kind == NodeKind::integer) node.kind = NodeKind::number;
    if (node.kind == wanted) return;
    builder_.report("tag", event.span, fmt::format("found {} with the tag `!!{}`, expected {}", in_backticks(node.text), name, kind_name(wanted)),
                    "remove the tag, or correct the value");
    node.kind = NodeKind::string;
  }

  void report_tag(const Event& event) {
    if (builder_.has_enough_findings()) return;
    const std::string tag = event.tag.starts_with(k_core_tag) ? fmt::format("!!{}", event.tag.substr(k_core_tag.size())) : std::string(event.tag);
    builder_.report("tag", event.span, fmt::format("found the tag {}, expected none", in_backticks(tag)), "remove the tag");
  }

  /// libyaml hides the tag `!` of a plain scalar, which makes it a string.
  [[nodiscard]] bool has_plain_tag(const Node& node) const {
    const std::string_view source = source_of(node.span);
    if (!source.starts_with('!') && !source.starts_with('&')) return false;
    for (size_t i = 0; i < source.size() && (source[i] == '!' || source[i] == '&'); ++i) {
      if (source[i] == '!') return true;
      while (i < source.size() && std::string_view(" \t\r\n").find(source[i]) == std::string_view::npos) ++i;
      while (i + 1 < source.size() && std::string_view(" \t\r\n").find(source[i + 1]) != std::string_view::npos) ++i;
    }
    return false;
  }

  [[nodiscard]] std::string_view source_of(Span span) const { return text_.substr(span.begin.offset, span.end.offset - span.begin.offset); }

  /// The text of a scalar: where it stands in the file as it is, without a copy.
  std::string_view keep(const Event& event) {
    std::string_view source = source_of(event.span);
    if (event.style == ScalarStyle::quoted && !source.empty()) source.remove_suffix(1);
    if (source.ends_with(event.text)) return source.substr(source.size() - event.text.size());
    return builder_.keep(event.text);
  }

  /// libyaml ends a block scalar where the next value begins; its last line with text is its end.
  [[nodiscard]] Position end_of_block(Span span) const {
    Position end = span.end;
    while (end.offset > span.begin.offset + 1 && std::string_view(" \t\r\n").find(text_[end.offset - 1]) != std::string_view::npos) {
      if (text_[--end.offset] == '\n') --end.line;
    }
    const size_t before = text_.rfind('\n', end.offset - 1);
    size_t line = before == std::string_view::npos ? 0 : before + 1;
    if (line == 0 && text_.starts_with(k_byte_order_mark)) line = k_byte_order_mark.size();
    end.column = static_cast<uint32_t>(count_code_points(text_.substr(line, end.offset - line)) + 1);
    return end;
  }

  DocumentBuilder& builder_;
  std::string_view text_;
  YamlEvents events_;
  std::unordered_map<std::string_view, Anchor> anchors_;
  std::vector<Opened> opened_;
  uint64_t aliased_ = 0;
  size_t flow_depth_ = 0;  ///< open brackets
  uint64_t flow_work_ = 0;
};

enum class Way { shortest, events };

Document parse(SourceFile source, Way way) {
  DocumentBuilder builder(std::move(source), "yaml");
  auto bad = find_bad_encoding(builder.text());
  if (!bad) bad = find_forbidden_in_yaml(builder.text());
  if (bad) {
    builder.report("encoding", {bad->position, bad->position}, std::move(bad->message), std::move(bad->help));
    return std::move(builder).give_up();
  }
  if (way == Way::shortest && read_plain_yaml(builder)) return std::move(builder).finish();
  builder.restart();
  if (!YamlReader(builder).read()) return std::move(builder).give_up();
  return std::move(builder).finish();
}

}  // namespace

Document parse_yaml(SourceFile source) { return parse(std::move(source), Way::shortest); }
Document parse_yaml_events(SourceFile source) { return parse(std::move(source), Way::events); }

}  // namespace mops::document
