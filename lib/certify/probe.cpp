#include "certify/probe.h"

#include "certify/answers.h"
#include "certify/request_draft.h"

#include <algorithm>
#include <limits>

namespace mops::certify {
namespace {

using model::Datatype;
using model::Tensor;

constexpr uint64_t k_inputs_with_probes = 64;
constexpr size_t k_huge_body = size_t{32} << 20;
constexpr size_t k_long_text = size_t{64} << 10;
constexpr size_t k_deep = 100'000;

/// Probes that change one input of a sound row.
class RowProbes {
 public:
  RowProbes(const RequestDraft& sound, const model::Interface& interface) : sound_(sound), interface_(interface) {
    for (const uint64_t input : spread_rows(interface.inputs.size(), k_inputs_with_probes)) chosen_.push_back(input);
  }

  /// `change` alters the tensor of a chosen input, or returns false where it has nothing to do.
  template <typename Change>
  void add(std::vector<Probe>& probes, std::string_view what, Expectation expected, Change change) const {
    for (const size_t input : chosen_) {
      RequestDraft draft = sound_;
      const Tensor& tensor = interface_.inputs[input];
      if (change(draft.inputs[input], tensor)) probes.push_back({.what = fmt::format("{} in input `{}`", what, tensor.name), .expected = expected, .body = draft.to_json()});
    }
  }

  [[nodiscard]] const std::vector<size_t>& chosen() const { return chosen_; }
  [[nodiscard]] const RequestDraft& sound() const { return sound_; }

 private:
  const RequestDraft& sound_;
  const model::Interface& interface_;
  std::vector<size_t> chosen_;
};

/// The limits of an integer datatype, as JSON.
std::pair<std::string, std::string> integer_limits(Datatype datatype) {
  const auto limits = []<typename Integer>(Integer) {
    return std::pair(fmt::format("{}", std::numeric_limits<Integer>::min()), fmt::format("{}", std::numeric_limits<Integer>::max()));
  };
  switch (datatype) {
    case Datatype::int8: return limits(int8_t{});
    case Datatype::int16: return limits(int16_t{});
    case Datatype::int32: return limits(int32_t{});
    case Datatype::uint8: return limits(uint8_t{});
    case Datatype::uint16: return limits(uint16_t{});
    case Datatype::uint32: return limits(uint32_t{});
    case Datatype::uint64: return limits(uint64_t{});
    default: return limits(int64_t{});
  }
}

bool set_value(DraftTensor& tensor, std::string json) {
  tensor.data = {std::move(json)};
  return true;
}

std::vector<Probe> missing_values(const RowProbes& row, const model::Interface& interface) {
  std::vector<Probe> probes;
  row.add(probes, "a missing value", Expectation::refusal, [](DraftTensor& input, const Tensor& tensor) { return !tensor.nullable && set_value(input, "null"); });
  row.add(probes, "a missing value", Expectation::answer, [](DraftTensor& input, const Tensor& tensor) { return tensor.nullable && set_value(input, "null"); });
  for (const size_t input : row.chosen()) {
    if (interface.inputs[input].nullable) continue;
    RequestDraft draft = row.sound();
    draft.inputs.erase(draft.inputs.begin() + static_cast<ptrdiff_t>(input));
    probes.push_back({.what = fmt::format("a request without input `{}`", interface.inputs[input].name), .body = draft.to_json()});
  }
  return probes;
}

std::vector<Probe> empty_batches(const RowProbes& row, const model::Interface& interface) {
  RequestDraft empty = row.sound();
  for (size_t input = 0; input < empty.inputs.size(); ++input) {
    empty.inputs[input].shape = draft_shape(interface.inputs[input], 0);
    empty.inputs[input].data.clear();
  }
  return {{.what = "a batch of no rows", .body = empty.to_json()}, {.what = "a request without inputs", .body = RequestDraft().to_json()}};
}

std::vector<Probe> wrong_types(const RowProbes& row) {
  std::vector<Probe> probes;
  row.add(probes, "a value of another type", Expectation::refusal, [](DraftTensor& input, const Tensor& tensor) {
    return set_value(input, tensor.datatype == Datatype::bytes ? "7" : R"("seven")");
  });
  row.add(probes, "a list for a value", Expectation::refusal, [](DraftTensor& input, const Tensor&) { return set_value(input, "[[{}]]"); });
  row.add(probes, "a fraction", Expectation::refusal, [](DraftTensor& input, const Tensor& tensor) { return model::is_integer(tensor.datatype) && set_value(input, "1.5"); });
  row.add(probes, "a number beyond the datatype", Expectation::refusal, [](DraftTensor& input, const Tensor& tensor) {
    return model::is_integer(tensor.datatype) && set_value(input, "99999999999999999999999");
  });
  row.add(probes, "another datatype", Expectation::refusal, [](DraftTensor& input, const Tensor& tensor) {
    input.datatype = tensor.datatype == Datatype::bytes ? "FP64" : "BYTES";
    return true;
  });
  return probes;
}

std::vector<Probe> unknown_columns(const RowProbes& row, const model::Interface& interface) {
  std::string name = "mops_unknown_column";
  const auto is_known = [&](const Tensor& tensor) { return tensor.name == name; };
  while (std::any_of(interface.inputs.begin(), interface.inputs.end(), is_known)) name += '_';
  RequestDraft draft = row.sound();
  draft.inputs.push_back({.name = name, .datatype = "FP64", .shape = "[1]", .data = {"1.0"}});
  return {{.what = fmt::format("an additional input `{}`", name), .body = draft.to_json()}};
}

std::vector<Probe> broken_bodies(const RowProbes& row) {
  const std::string sound = row.sound().to_json();
  RequestDraft misshapen = row.sound();
  if (!misshapen.inputs.empty()) misshapen.inputs.front().shape = "[7]";
  RequestDraft not_a_number = row.sound();
  if (!not_a_number.inputs.empty()) not_a_number.inputs.front().data = {"NaN"};
  return {{.what = "an empty body", .body = ""},
          {.what = "half of a body", .body = sound.substr(0, sound.size() / 2)},
          {.what = "a body that is no JSON", .body = "hello"},
          {.what = "a body that is `null`", .body = "null"},
          {.what = "a body that is a list", .body = "[]"},
          {.what = "a body whose `inputs` is a number", .body = R"({"inputs":7})"},
          {.what = "a body whose input is a number", .body = R"({"inputs":[7]})"},
          {.what = "a shape that is not the data's", .body = misshapen.to_json()},
          {.what = "NaN, which JSON does not have", .body = not_a_number.to_json()},
          {.what = "bytes that are not UTF-8", .body = std::string("\xff\xfe{\x00\x80", 5)},
          {.what = "100,000 lists within each other", .body = std::string(k_deep, '[')}};
}

/// Nothing of it is wrong by its type: a model may answer or refuse.
std::vector<Probe> extreme_values(const RowProbes& row) {
  std::vector<Probe> probes;
  const auto number = [&](std::string_view what, std::string_view json) {
    row.add(probes, what, Expectation::either, [&](DraftTensor& input, const Tensor& tensor) { return model::is_floating(tensor.datatype) && set_value(input, std::string(json)); });
  };
  number("the largest double", "1.7976931348623157e308");
  number("the lowest double", "-1.7976931348623157e308");
  row.add(probes, "the lowest integer", Expectation::either, [](DraftTensor& input, const Tensor& tensor) {
    return model::is_integer(tensor.datatype) && set_value(input, integer_limits(tensor.datatype).first);
  });
  row.add(probes, "the largest integer", Expectation::either, [](DraftTensor& input, const Tensor& tensor) {
    return model::is_integer(tensor.datatype) && set_value(input, integer_limits(tensor.datatype).second);
  });
  row.add(probes, "an empty text", Expectation::either, [](DraftTensor& input, const Tensor& tensor) { return tensor.datatype == Datatype::bytes && set_value(input, R"("")"); });
  row.add(probes, "a text of 64 KiB", Expectation::either, [](DraftTensor& input, const Tensor& tensor) {
    return tensor.datatype == Datatype::bytes && set_value(input, '"' + std::string(k_long_text, 'x') + '"');
  });
  return probes;
}

}  // namespace

Result<std::vector<ProbeGroup>> make_probes(const tensor::Dataset& dataset, const model::Interface& interface, size_t row) {
  MOPS_ASSIGN(const RequestDraft sound, draft_of_rows(dataset, interface, {row}));
  const RowProbes probes(sound, interface);
  std::vector<ProbeGroup> groups{{.check = "contract/missing-values", .probes = missing_values(probes, interface)},
                                 {.check = "contract/empty-batches", .probes = empty_batches(probes, interface)},
                                 {.check = "contract/wrong-types", .probes = wrong_types(probes)},
                                 {.check = "contract/unknown-columns", .probes = unknown_columns(probes, interface)},
                                 {.check = "contract/extreme-values", .probes = extreme_values(probes)},
                                 {.check = "contract/broken-bodies", .probes = broken_bodies(probes)},
                                 {.check = "contract/huge-bodies", .probes = {{.what = "a body of 32 MiB", .body = std::string(k_huge_body, ' ')}}}};
  std::erase_if(groups, [](const ProbeGroup& group) { return group.probes.empty(); });
  return groups;
}

}  // namespace mops::certify
