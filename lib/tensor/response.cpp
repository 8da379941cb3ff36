#include "tensor/response.h"

#include "base/text.h"
#include "document/document.h"

#include <algorithm>
#include <charconv>

namespace mops::tensor {
namespace {

using document::Node;
using document::NodeKind;

std::string shape_text(const std::vector<int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::string shown(const Node& node) {
  if (node.kind == NodeKind::list || node.kind == NodeKind::map) return std::string(document::kind_name(node.kind));
  return fmt::format("`{}`", node.text.substr(0, 60));
}

/// Nothing when the JSON value is of another kind than the datatype.
std::optional<Scalar> scalar_of(const Node& node, model::Datatype datatype) {
  using model::Datatype;
  if (node.kind == NodeKind::null) return Scalar();
  if (datatype == Datatype::bytes) return node.kind == NodeKind::string ? std::optional(Scalar(std::string(node.text))) : std::nullopt;
  if (datatype == Datatype::boolean) return node.kind == NodeKind::boolean ? std::optional(Scalar(node.boolean)) : std::nullopt;
  if (model::is_floating(datatype)) return node.is_number() ? std::optional(Scalar(node.number)) : std::nullopt;
  if (node.kind != NodeKind::integer) return std::nullopt;
  if (node.integer_fits) return Scalar(node.integer);
  uint64_t large = 0;
  const auto [end, problem] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), large);
  if (problem != std::errc() || end != node.text.data() + node.text.size()) return std::nullopt;
  return Scalar(large);
}

std::string_view expected_word(model::Datatype datatype) {
  if (datatype == model::Datatype::boolean) return "a boolean";
  if (datatype == model::Datatype::bytes) return "a string";
  return model::is_integer(datatype) ? "an integer" : "a number";
}

/// Reads one output; what is wrong goes to `problems`, prefixed by the output's name.
class OutputReader {
 public:
  OutputReader(const model::Tensor& tensor, size_t expected_rows, std::vector<std::string>& problems, Quoting quoting)
      : tensor_(tensor), expected_rows_(expected_rows), problems_(problems), quoting_(quoting) {}

  std::optional<Column> read(const Node& output) {
    const size_t before = problems_.size();
    check_datatype(output);
    if (!read_shape(output)) return std::nullopt;
    const Node* data = output.find("data");
    if (data == nullptr || data->kind != NodeKind::list) {
      complain(data == nullptr ? "has no `data`" : fmt::format("`data` is {}, expected a list", document::kind_name(data->kind)));
      return std::nullopt;
    }
    size_t expected = 1;
    for (const int64_t length : shape_) expected *= static_cast<size_t>(length);
    const size_t width = expected_rows_ == 0 ? 1 : expected / expected_rows_;
    column_ = Column{.name = tensor_.name, .datatype = tensor_.datatype, .width = width, .values = {}};
    column_.values.reserve(std::min<size_t>(expected, data->items.size() * 64));
    const bool nested = !data->items.empty() && data->items.front().kind == NodeKind::list;
    const bool regular = nested ? flatten(*data, 0) : flatten_last(*data);
    if (!regular) {
      complain(fmt::format("`data` is nested in another way than its shape {}", shape_text(shape_)));
      return std::nullopt;
    }
    if (column_.values.size() != expected) {
      complain(fmt::format("found {} values, expected {} by its shape {}", column_.values.size(), expected, shape_text(shape_)));
      return std::nullopt;
    }
    tell_first(wrong_kind_, wrong_kinds_);
    if (wrong_kinds_ == 0) check_values();
    return problems_.size() == before ? std::optional(std::move(column_)) : std::nullopt;
  }

 private:
  void complain(std::string_view problem) { problems_.push_back(fmt::format("output `{}`: {}", tensor_.name, problem)); }

  void tell_first(const std::string& first, size_t all) {
    if (all == 1) complain(first);
    if (all > 1) complain(fmt::format("{} (and {} more)", first, all - 1));
  }

  void check_datatype(const Node& output) {
    const Node* datatype = output.find("datatype");
    if (datatype == nullptr) {
      complain("has no `datatype`");
    } else if (datatype->kind != NodeKind::string || datatype->text != model::to_string(tensor_.datatype)) {
      complain(fmt::format("found datatype {}, expected `{}`", shown(*datatype), model::to_string(tensor_.datatype)));
    }
  }

  bool read_shape(const Node& output) {
    const Node* shape = output.find("shape");
    if (shape == nullptr || shape->kind != NodeKind::list) {
      complain("has no `shape`");
      return false;
    }
    constexpr int64_t k_most_values = int64_t{1} << 32;
    int64_t values = 1;
    for (const Node& length : shape->items) {
      const bool is_length = length.kind == NodeKind::integer && length.integer_fits && length.integer >= 0;
      if (!is_length || __builtin_mul_overflow(values, length.integer, &values) || values > k_most_values) {
        complain(fmt::format("found {} in `shape`, expected a length", shown(length)));
        return false;
      }
      shape_.push_back(length.integer);
    }
    std::vector<int64_t> expected = tensor_.shape;
    if (!expected.empty()) expected[0] = static_cast<int64_t>(expected_rows_);
    bool same = shape_.size() == expected.size() && !shape_.empty();
    for (size_t i = 0; same && i < shape_.size(); ++i) same = expected[i] < 0 || shape_[i] == expected[i];
    if (!same) complain(fmt::format("found shape {}, expected {}", shape_text(shape_), shape_text(expected)));
    return same;
  }

  bool flatten(const Node& list, size_t dimension) {
    if (list.kind != NodeKind::list || static_cast<int64_t>(list.items.size()) != shape_[dimension]) return false;
    if (dimension + 1 == shape_.size()) return flatten_last(list);
    return std::all_of(list.items.begin(), list.items.end(), [&](const Node& item) { return flatten(item, dimension + 1); });
  }

  bool flatten_last(const Node& list) {
    for (const Node& item : list.items) {
      if (item.kind == NodeKind::list) return false;
      auto value = scalar_of(item, tensor_.datatype);
      if (!value && ++wrong_kinds_ == 1) {
        const std::string found = quoting_ == Quoting::values ? shown(item) : std::string(document::kind_name(item.kind));
        wrong_kind_ = fmt::format("row {}: found {}, expected {}", row_of(column_.values.size()), found, expected_word(tensor_.datatype));
      }
      column_.values.push_back(value ? std::move(*value) : Scalar());
    }
    return true;
  }

  void check_values() {
    std::string first;
    size_t all = 0;
    for (size_t i = 0; i < column_.values.size(); ++i) {
      const auto problem = problem_of(column_.values[i], tensor_, quoting_);
      if (problem && ++all == 1) first = fmt::format("row {}: {}", row_of(i), *problem);
    }
    tell_first(first, all);
  }

  [[nodiscard]] size_t row_of(size_t index) const { return 1 + index / std::max<size_t>(column_.width, 1); }

  const model::Tensor& tensor_;
  size_t expected_rows_;
  std::vector<std::string>& problems_;
  Quoting quoting_;
  std::vector<int64_t> shape_;
  Column column_;
  std::string wrong_kind_;
  size_t wrong_kinds_ = 0;
};

const Node* find_output(const Node& outputs, std::string_view name) {
  for (const Node& output : outputs.items) {
    const Node* found = output.find("name");
    if (found != nullptr && found->kind == NodeKind::string && found->text == name) return &output;
  }
  return nullptr;
}

void check_names(const Node& outputs, const model::Interface& interface, std::vector<std::string>& problems) {
  std::vector<std::string_view> seen;
  for (const Node& output : outputs.items) {
    const Node* name = output.find("name");
    if (name == nullptr || name->kind != NodeKind::string) {
      problems.emplace_back("an output has no `name`");
      continue;
    }
    if (std::find(seen.begin(), seen.end(), name->text) != seen.end()) {
      problems.push_back(fmt::format("output `{}` comes twice", name->text));
    }
    seen.push_back(name->text);
    const bool known = std::any_of(interface.outputs.begin(), interface.outputs.end(), [&](const auto& tensor) { return tensor.name == name->text; });
    if (!known) problems.push_back(fmt::format("output `{}` is not in the interface", name->text));
  }
}

}  // namespace

const Column* Answer::find(std::string_view name) const {
  const auto found = std::find_if(outputs.begin(), outputs.end(), [&](const Column& column) { return column.name == name; });
  return found == outputs.end() ? nullptr : &*found;
}

CheckedAnswer read_infer_response(std::string body, const model::Interface& interface, size_t expected_rows, Quoting quoting) {
  CheckedAnswer checked;
  const auto document = document::parse_json({.path = "response", .text = std::move(body)});
  if (!document.is_sound()) {
    std::string why = "it cannot be read";
    if (!document.findings().empty()) {
      const Diagnostic& finding = document.findings().front();
      const auto& span = finding.location.span;
      const std::string what = quoting == Quoting::values ? ": " + finding.message : "";
      why = span ? fmt::format("line {}, column {}{}", span->begin.line, span->begin.column, what) : finding.message;
    }
    checked.problems.push_back("the response is not JSON: " + why);
    return checked;
  }
  const Node& root = *document.root();
  const Node* outputs = root.find("outputs");
  if (outputs == nullptr || outputs->kind != NodeKind::list) {
    const Node* error = root.find("error");
    checked.problems.push_back(error != nullptr ? fmt::format("the response is an error{}", quoting == Quoting::values ? ": " + shown(*error) : "") : "the response has no list `outputs`");
    return checked;
  }
  check_names(*outputs, interface, checked.problems);
  for (const model::Tensor& tensor : interface.outputs) {
    const Node* output = find_output(*outputs, tensor.name);
    if (output == nullptr) {
      checked.problems.push_back(fmt::format("output `{}` is missing", tensor.name));
      continue;
    }
    if (auto column = OutputReader(tensor, expected_rows, checked.problems, quoting).read(*output)) {
      checked.answer.outputs.push_back(std::move(*column));
    }
  }
  return checked;
}

}  // namespace mops::tensor
