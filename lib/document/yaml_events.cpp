#include "document/yaml_events.h"

#include "document/encoding.h"

#include <yaml.h>

#include <new>
#include <vector>

namespace mops::document {
namespace {

/// From the number of a character to the offset of its first byte.
class CharacterOffsets {
 public:
  CharacterOffsets(std::string_view text, size_t base) : text_(text), base_(base) {
    size_t count = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if ((text[i] & 0xC0) == 0x80) continue;
      if (count++ % k_stride == 0) checkpoints_.push_back(static_cast<uint32_t>(i));
    }
    if (count == text.size()) checkpoints_ = {};
    count_ = count;
  }

  [[nodiscard]] bool is_end(size_t index) const { return index >= count_; }

  /// Of a character that is not the end.
  [[nodiscard]] uint32_t at(size_t index) const {
    if (checkpoints_.empty()) return static_cast<uint32_t>(base_ + index);
    size_t i = checkpoints_[index / k_stride];
    for (size_t left = index % k_stride; left > 0; --left) {
      ++i;
      while (i < text_.size() && (text_[i] & 0xC0) == 0x80) ++i;
    }
    return static_cast<uint32_t>(base_ + i);
  }

 private:
  static constexpr size_t k_stride = 64;

  std::string_view text_;
  size_t base_;
  size_t count_ = 0;
  std::vector<uint32_t> checkpoints_;  ///< empty: all characters are one byte
};

std::string_view view(const yaml_char_t* text) { return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text); }

ScalarStyle style_of(yaml_scalar_style_t style) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return ScalarStyle::quoted;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE: return ScalarStyle::block;
    default: return ScalarStyle::plain;
  }
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
  return text;
}

}  // namespace

struct YamlEvents::State {
  explicit State(std::string_view text)
      : body(without_mark(text)), offsets(body, text.size() - body.size()), end(position_at(text, text.size())) {
    if (yaml_parser_initialize(&parser) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(body.data()), body.size());
  }

  ~State() {
    yaml_event_delete(&raw);
    yaml_parser_delete(&parser);
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] Position position(const yaml_mark_t& mark) const {
    if (offsets.is_end(mark.index)) return end;
    return {.line = static_cast<uint32_t>(mark.line + 1), .column = static_cast<uint32_t>(mark.column + 1), .offset = offsets.at(mark.index)};
  }

  [[nodiscard]] bool fill_event() {
    event = {.span = {position(raw.start_mark), position(raw.end_mark)}};
    switch (raw.type) {
      case YAML_DOCUMENT_START_EVENT: event.kind = EventKind::document_start; return true;
      case YAML_STREAM_END_EVENT: event.kind = EventKind::stream_end; return true;
      case YAML_SEQUENCE_END_EVENT: event.kind = EventKind::list_end; return true;
      case YAML_MAPPING_END_EVENT: event.kind = EventKind::map_end; return true;
      case YAML_ALIAS_EVENT:
        event.kind = EventKind::alias;
        event.anchor = view(raw.data.alias.anchor);
        return true;
      case YAML_SCALAR_EVENT: {
        const auto& scalar = raw.data.scalar;
        event.kind = EventKind::scalar;
        event.style = style_of(scalar.style);
        event.text = {reinterpret_cast<const char*>(scalar.value), scalar.length};
        event.anchor = view(scalar.anchor);
        event.tag = view(scalar.tag);
        return true;
      }
      case YAML_SEQUENCE_START_EVENT:
        event.kind = EventKind::list_start;
        event.anchor = view(raw.data.sequence_start.anchor);
        event.tag = view(raw.data.sequence_start.tag);
        event.is_in_brackets = raw.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        return true;
      case YAML_MAPPING_START_EVENT:
        event.kind = EventKind::map_start;
        event.anchor = view(raw.data.mapping_start.anchor);
        event.tag = view(raw.data.mapping_start.tag);
        event.is_in_brackets = raw.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        return true;
      default: return false;
    }
  }

  std::string_view body;
  CharacterOffsets offsets;
  Position end;  ///< libyaml puts it on a line of its own
  yaml_parser_t parser{};
  yaml_event_t raw{};
  Event event;
  SyntaxProblem problem;
};

YamlEvents::YamlEvents(std::string_view text) : state_(std::make_unique<State>(text)) {}
YamlEvents::~YamlEvents() = default;

const Event* YamlEvents::next() {
  State& state = *state_;
  for (;;) {
    yaml_event_delete(&state.raw);
    if (yaml_parser_parse(&state.parser, &state.raw) == 0) {
      const yaml_parser_t& parser = state.parser;
      state.problem = {.place = state.position(parser.problem_mark),
                       .context_place = state.position(parser.context_mark),
                       .problem = parser.problem == nullptr ? "out of memory" : parser.problem,
                       .context = parser.context == nullptr ? "" : parser.context};
      return nullptr;
    }
    if (state.fill_event()) return &state.event;
  }
}

const SyntaxProblem& YamlEvents::problem() const { return state_->problem; }

}  // namespace mops::document
