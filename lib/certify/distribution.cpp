#include "certify/distribution.h"

#include "certify/answers.h"
#include "stats/column_sketch.h"

#include <algorithm>
#include <cmath>

namespace mops::certify {
namespace {

constexpr uint64_t k_asked_rows = 2000;
constexpr uint64_t k_rows_per_request = 50;
constexpr size_t k_most_texts = 100;
constexpr int k_steps = 100;

bool is_of_texts(model::Datatype datatype) { return datatype == model::Datatype::bytes || datatype == model::Datatype::boolean; }

/// A column that is being looked through.
class Look {
 public:
  explicit Look(const model::Tensor& tensor)
      : tensor_(tensor), sketch_(is_of_texts(tensor.datatype) ? stats::ColumnSketch::of_texts(k_most_texts) : stats::ColumnSketch::of_numbers()) {}

  void add(const tensor::Scalar& value) {
    const auto number = tensor::to_number(value);
    if (std::holds_alternative<std::monostate>(value)) ++sketch_.missing;
    else if (is_of_texts(tensor_.datatype)) sketch_.add(tensor::to_text(value));
    else if (number && std::isfinite(*number)) sketch_.add(*number);
    else ++sketch_.missing;
  }

  [[nodiscard]] Distribution result() const {
    Distribution distribution{.rows = sketch_.rows(), .missing = sketch_.missing};
    if (tensor_.sensitivity != model::Sensitivity::none) return distribution;
    if (const auto* numbers = std::get_if<stats::QuantileSketch>(&sketch_.values)) {
      if (numbers->count() == 0) return distribution;
      std::vector<double> shares;
      for (int step = 0; step <= k_steps; ++step) shares.push_back(static_cast<double>(step) / k_steps);
      distribution.quantiles = numbers->quantiles(shares);
    } else {
      distribution.texts = std::get<stats::HeavyHitters>(sketch_.values).top();
      std::erase_if(*distribution.texts, [&](const auto& counted) { return !may_be_told(counted); });
    }
    return distribution;
  }

 private:
  [[nodiscard]] bool may_be_told(const stats::HeavyHitters::Counted& counted) const {
    if (tensor_.datatype == model::Datatype::boolean || counted.count - counted.excess >= Distribution::k_least_rows) return true;
    return std::find(tensor_.categories.begin(), tensor_.categories.end(), counted.text) != tensor_.categories.end();
  }

  const model::Tensor& tensor_;
  stats::ColumnSketch sketch_;
};

Result<std::map<std::string, Distribution>> look_at_inputs(const model::Interface& interface, const tensor::Dataset& dataset) {
  std::map<std::string, Distribution> inputs;
  for (const model::Tensor& tensor : interface.inputs) {
    const auto column = dataset.column(tensor.name);
    if (!column) continue;
    Look look(tensor);
    for (size_t row = 0; row < dataset.rows(); ++row) {
      MOPS_ASSIGN(const tensor::Scalar value, dataset.value(row, *column, tensor));
      look.add(value);
    }
    inputs.emplace(tensor.name, look.result());
  }
  return inputs;
}

/// By output and place within a row.
using Looks = std::map<std::string, Look>;

void look_at_answer(const model::Interface& interface, const tensor::Answer& answer, Looks& looks) {
  for (const model::Tensor& tensor : interface.outputs) {
    const tensor::Column* column = answer.find(tensor.name);
    if (column == nullptr) continue;
    for (size_t index = 0; index < column->width; ++index) {
      Look& look = looks.try_emplace(column->width == 1 ? tensor.name : fmt::format("{}[{}]", tensor.name, index), tensor).first->second;
      for (size_t row = 0; row < column->rows(); ++row) look.add(column->at(row, index));
    }
  }
}

}  // namespace

Result<DatasetDistributions> measure_distributions(ModelClient& client, const model::Interface& interface, const tensor::Dataset& dataset, const Progress& progress,
                                                   const std::stop_token& stop) {
  DatasetDistributions measured{.rows = dataset.rows()};
  MOPS_ASSIGN(measured.inputs, look_at_inputs(interface, dataset));
  Looks looks;
  const uint64_t blocks = (dataset.rows() + k_rows_per_request - 1) / k_rows_per_request;
  for (const uint64_t block : spread_rows(blocks, k_asked_rows / k_rows_per_request)) {
    if (progress) progress("looking at distributions", measured.asked, std::min<uint64_t>(k_asked_rows, dataset.rows()));
    const uint64_t first = block * k_rows_per_request;
    const tensor::RowRange rows{.first = first, .end = std::min<uint64_t>(first + k_rows_per_request, dataset.rows())};
    MOPS_ASSIGN(const tensor::Answer answer, client.ask(dataset, rows, stop));
    look_at_answer(interface, answer, looks);
    measured.asked += rows.end - rows.first;
  }
  for (const auto& [name, look] : looks) measured.outputs.emplace(name, look.result());
  return measured;
}

}  // namespace mops::certify
