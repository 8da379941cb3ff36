#include "gateway/traffic.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace mops::gateway {
namespace {

/// What all columns of a version share, so that it takes about 16 kB: values of quantiles, and texts.
constexpr size_t k_widths = 600;
constexpr size_t k_texts = 160;
constexpr size_t k_least_width = 32;
constexpr size_t k_least_texts = 8;
/// Further ones are not kept.
constexpr size_t k_most_columns = 40;

size_t width_of(const model::Tensor& tensor) {
  size_t width = 1;
  for (size_t i = 1; i < tensor.shape.size() && width <= k_most_columns; ++i) width *= tensor.shape[i] > 0 ? static_cast<size_t>(tensor.shape[i]) : 1;
  return width;
}

bool has_variable_width(const model::Tensor& tensor) { return std::any_of(std::next(tensor.shape.begin()), tensor.shape.end(), [](int64_t length) { return length < 0; }); }

bool is_of_texts(const model::Tensor& tensor) { return tensor.datatype == model::Datatype::bytes || tensor.datatype == model::Datatype::boolean; }

/// Columns of a tensor: one for each value of a row, or one for all where rows have no fixed width or too many values.
size_t columns_of(const model::Tensor& tensor) {
  const size_t width = width_of(tensor);
  return has_variable_width(tensor) || width > k_most_columns ? 1 : width;
}

std::vector<ColumnTraffic> columns_for(const std::vector<model::Tensor>& tensors, size_t in_all) {
  const size_t width = std::clamp(k_widths / std::max<size_t>(in_all, 1), k_least_width, stats::QuantileSketch::k_width);
  const size_t texts = std::clamp(k_texts / std::max<size_t>(in_all, 1), k_least_texts, stats::HeavyHitters::k_most);
  std::vector<ColumnTraffic> columns;
  for (const model::Tensor& tensor : tensors) {
    const size_t count = columns_of(tensor);
    if (columns.size() + count > k_most_columns) break;
    for (size_t i = 0; i < count; ++i)
      columns.push_back({.column = count == 1 ? tensor.name : fmt::format("{}[{}]", tensor.name, i), .is_hidden = tensor.sensitivity != model::Sensitivity::none,
                         .sketch = is_of_texts(tensor) ? stats::ColumnSketch::of_texts(texts) : stats::ColumnSketch::of_numbers(width)});
  }
  return columns;
}

bool are_alike(const std::vector<ColumnTraffic>& some, const std::vector<ColumnTraffic>& others) {
  return std::equal(some.begin(), some.end(), others.begin(), others.end(), [](const ColumnTraffic& one, const ColumnTraffic& other) {
    return one.column == other.column && one.is_hidden == other.is_hidden && one.sketch.values.index() == other.sketch.values.index();
  });
}

void add_value(ColumnTraffic& column, const document::Value& value) {
  const auto& known = value.alternatives();
  if (std::holds_alternative<std::monostate>(known)) ++column.sketch.missing;
  else if (column.is_hidden) ++column.hidden;
  else if (const auto* text = std::get_if<std::string>(&known)) column.sketch.add(*text);
  else if (const auto* truth = std::get_if<bool>(&known)) column.sketch.add(*truth ? std::string_view("true") : std::string_view("false"));
  else if (const auto* whole = std::get_if<int64_t>(&known)) column.sketch.add(static_cast<double>(*whole));
  else column.sketch.add(std::get<double>(known));
}

void add_body(const std::vector<ColumnValues>& body, std::vector<ColumnTraffic>& columns) {
  size_t rows = 1;
  for (const ColumnValues& read : body)
    if (read.values && !has_variable_width(*read.tensor)) rows = std::max(rows, read.values->size() / width_of(*read.tensor));
  size_t at = 0;
  for (const ColumnValues& read : body) {
    const size_t count = columns_of(*read.tensor);
    if (at + count > columns.size()) return;
    for (size_t i = 0; i < count && !read.values; ++i) columns[at + i].sketch.missing += rows;
    for (size_t i = 0; read.values && i < read.values->size(); ++i) add_value(columns[at + i % count], (*read.values)[i]);
    at += count;
  }
}

void merge_columns(std::vector<ColumnTraffic>& mine, const std::vector<ColumnTraffic>& others) {
  for (const ColumnTraffic& other : others) {
    const auto same = std::find_if(mine.begin(), mine.end(), [&](const ColumnTraffic& column) { return column.column == other.column; });
    if (same == mine.end()) {
      mine.push_back(other);
    } else if (same->sketch.values.index() == other.sketch.values.index()) {
      same->is_hidden = same->is_hidden || other.is_hidden;
      same->hidden += other.hidden;
      same->sketch.merge(other.sketch);
    }
  }
}

}  // namespace

void VersionTraffic::add(const Sample& sample, const SampleValues& values) {
  ++samples;
  if (!values.inputs) ++unread;
  if (!sample.interface) return;
  if (sample.interface != interface) adopt(sample.interface);
  if (values.inputs) add_body(*values.inputs, inputs);
  if (values.outputs) add_body(*values.outputs, outputs);
}

void VersionTraffic::adopt(std::shared_ptr<const model::Interface> newer) {
  size_t in_all = 0;
  for (const auto* tensors : {&newer->inputs, &newer->outputs})
    for (const model::Tensor& tensor : *tensors) in_all += columns_of(tensor);
  std::vector<ColumnTraffic> fresh_inputs = columns_for(newer->inputs, in_all);
  std::vector<ColumnTraffic> fresh_outputs = columns_for(newer->outputs, in_all);
  if (!are_alike(inputs, fresh_inputs) || !are_alike(outputs, fresh_outputs)) {
    inputs = std::move(fresh_inputs);
    outputs = std::move(fresh_outputs);
  }
  interface = std::move(newer);
}

void VersionTraffic::merge(const VersionTraffic& other) {
  samples += other.samples;
  unread += other.unread;
  merge_columns(inputs, other.inputs);
  merge_columns(outputs, other.outputs);
}

void TrafficSnapshot::add(const Sample& sample, const SampleValues& values) {
  const auto same = std::find_if(versions.begin(), versions.end(), [&](const VersionTraffic& version) { return version.model == sample.model && version.payload == sample.payload; });
  VersionTraffic& version = same != versions.end() ? *same : versions.emplace_back(VersionTraffic{.model = sample.model, .payload = sample.payload, .version = sample.version});
  version.add(sample, values);
}

std::vector<VersionTraffic> merge(const std::vector<TrafficSnapshot>& snapshots) {
  std::map<std::string, const TrafficSnapshot*> latest;
  for (const TrafficSnapshot& snapshot : snapshots) {
    const TrafficSnapshot*& known = latest[snapshot.gateway];
    if (known == nullptr || known->taken < snapshot.taken) known = &snapshot;
  }
  std::map<std::tuple<std::string, std::string, std::string>, VersionTraffic> merged;
  for (const auto& [gateway, snapshot] : latest) {
    for (const VersionTraffic& version : snapshot->versions) {
      const auto [at, is_new] = merged.try_emplace({version.model, version.version, version.payload}, version);
      if (!is_new) at->second.merge(version);
    }
  }
  std::vector<VersionTraffic> versions;
  for (auto& [name, version] : merged) versions.push_back(std::move(version));
  return versions;
}

}  // namespace mops::gateway
