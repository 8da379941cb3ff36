#include "model/manifest.h"

#include "base/text.h"
#include "document/reader.h"
#include "model/interface_reader.h"
#include "model/version.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mops::model {
namespace {

using document::Field;
using Milliseconds = std::chrono::milliseconds;

Milliseconds read_seconds(const Field& field, Milliseconds when_absent) {
  constexpr double k_longest = 31'536'000;  // a year, far from overflow
  return field.seconds(0, k_longest, when_absent);
}

double read_not_negative(const Field& field, double when_absent) {
  const double value = field.number(when_absent);
  if (value < 0) field.refuse(fmt::format("found `{}`, expected 0 or more", field.node()->text));
  return value;
}

std::optional<double> read_bound(const Field& field) {
  // `range: [0, null]` has no upper end.
  if (field.present() && field.node()->kind == document::NodeKind::null) return std::nullopt;
  return field.maybe_number();
}

Tensor read_tensor(const Field& field) {
  Tensor tensor{.name = field.at("name").text()};
  const Field datatype = field.at("datatype");
  if (const std::string word = datatype.text(); !word.empty()) {
    if (const auto type = parse_datatype(word)) tensor.datatype = *type;
    else datatype.refuse(fmt::format("found `{}` in `datatype`, expected a datatype of the Open Inference Protocol", word), "such as `FP64`, `INT64`, `BOOL` or `BYTES`");
  }
  if (const Field shape = field.maybe("shape"); shape.present()) {
    tensor.shape.clear();
    for (const Field& dimension : shape.items()) {
      const int64_t size = dimension.integer();
      if (size < -1 || size == 0) dimension.refuse(fmt::format("found `{}` in `shape`, expected -1 or more than 0", size));
      tensor.shape.push_back(size);
    }
    if (tensor.shape.empty()) shape.refuse("`shape` has no dimension", "the first one is the number of rows: `[-1]`");
  }
  tensor.nullable = field.maybe("nullable").boolean();
  if (const Field range = field.maybe("range"); range.present()) {
    const std::vector<Field> ends = range.items();
    if (ends.size() == 2) {
      tensor.minimum = read_bound(ends[0]);
      tensor.maximum = read_bound(ends[1]);
    } else {
      range.refuse("`range` is a list of two numbers: lowest and highest");
    }
    if (tensor.minimum && tensor.maximum && *tensor.minimum > *tensor.maximum)
      range.refuse(fmt::format("`range` of `{}` starts above its end", tensor.name));
  }
  tensor.categories = field.maybe("categories").texts();
  tensor.sensitivity = field.maybe("sensitivity")
                           .choice<Sensitivity>({{"none", Sensitivity::none}, {"personal", Sensitivity::personal}, {"secret", Sensitivity::secret}},
                                                Sensitivity::none);
  tensor.description = field.maybe("description").text();
  return tensor;
}

std::vector<Tensor> read_tensors(const Field& field) {
  std::vector<Tensor> tensors;
  for (const Field& item : field.items()) {
    Tensor tensor = read_tensor(item);
    if (std::any_of(tensors.begin(), tensors.end(), [&](const Tensor& earlier) { return earlier.name == tensor.name; }))
      item.refuse(fmt::format("tensor `{}` is listed twice", tensor.name));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Serving read_serving(const Field& field, const std::string& model_name) {
  const Field command = field.at("command");
  Serving serving{.command = command.texts(),
                  .model = field.maybe("model").text(model_name),
                  .startup_timeout = read_seconds(field.maybe("startup_timeout_seconds"), Serving().startup_timeout),
                  .variables = field.maybe("variables").text_map()};
  if (serving.command.empty()) command.refuse("`command` is empty", "write the program and its arguments as a list");
  return serving;
}

std::vector<Dataset> read_datasets(const Field& field) {
  std::vector<Dataset> datasets;
  for (const Field& item : field.items()) {
    Dataset dataset{.name = item.at("name").text(),
                    .role = item.at("role").choice<DatasetRole>(
                        {{"train", DatasetRole::train}, {"holdout", DatasetRole::holdout}, {"reference", DatasetRole::reference}}, DatasetRole::holdout),
                    .path = item.maybe("path").path(),
                    .uri = item.maybe("uri").text(),
                    .sha256 = item.maybe("sha256").maybe_digest()};
    if (dataset.path.empty() == dataset.uri.empty())
      item.refuse(fmt::format("data set `{}` has {}, expected one of them", dataset.name, dataset.path.empty() ? "neither `path` nor `uri`" : "both `path` and `uri`"));
    if (std::any_of(datasets.begin(), datasets.end(), [&](const Dataset& earlier) { return earlier.name == dataset.name; }))
      item.refuse(fmt::format("data set `{}` is listed twice", dataset.name));
    datasets.push_back(std::move(dataset));
  }
  return datasets;
}

std::map<std::string, Limit> read_limits(const Field& field) {
  std::map<std::string, Limit> limits;
  for (const auto& [name, item] : field.entries()) {
    const Limit limit{.minimum = item.maybe("min").maybe_number(), .maximum = item.maybe("max").maybe_number()};
    if (limit.minimum && limit.maximum && *limit.minimum > *limit.maximum)
      item.refuse(fmt::format("`min` of `{}` is above its `max`", name));
    if (limit.minimum || limit.maximum) limits.emplace(name, limit);
  }
  return limits;
}

std::vector<OwnMetrics> read_own_metrics(const Field& field) {
  std::vector<OwnMetrics> all;
  const OwnMetrics absent;
  for (const Field& item : field.items()) {
    OwnMetrics own{.command = item.at("command").texts(), .metrics = read_limits(item.at("metrics")), .timeout = read_seconds(item.maybe("timeout_seconds"), absent.timeout)};
    for (const OwnMetrics& earlier : all)
      for (const auto& [name, limit] : own.metrics)
        if (earlier.metrics.contains(name)) item.at("metrics").at(name).refuse(fmt::format("two commands compute `{}`", name), "give one of the two another name");
    all.push_back(std::move(own));
  }
  return all;
}

std::map<std::string, double> read_margins(const Field& field) {
  std::map<std::string, double> margins;
  for (const auto& [name, item] : field.entries())
    if (const Field margin = item.maybe("not_worse_than_current"); margin.present()) margins.emplace(name, read_not_negative(margin, 0));
  return margins;
}

Load read_load(const Field& field) {
  const Load absent;
  return {.rate_per_second = read_not_negative(field.maybe("rate_per_second"), absent.rate_per_second),
          .duration = read_seconds(field.maybe("duration_seconds"), absent.duration),
          .warmup = read_seconds(field.maybe("warmup_seconds"), absent.warmup),
          .rows_per_request = field.maybe("rows_per_request").count(absent.rows_per_request),
          .repeats = std::max<uint64_t>(1, field.maybe("repeats").count(absent.repeats)),
          .capacity_time = read_seconds(field.maybe("capacity_seconds"), absent.capacity_time)};
}

std::vector<std::string> names_of(const std::vector<Tensor>& tensors) {
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors) names.push_back(tensor.name);
  return names;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known, std::string_view otherwise) {
  const auto near = nearest(word, known);
  return near ? fmt::format("did you mean `{}`?", *near) : std::string(otherwise);
}

/// The name of an output, or empty.
std::string read_output(const Field& field, const Manifest& manifest, std::string_view key) {
  std::string name = field.text();
  const std::vector<std::string> outputs = names_of(manifest.interface.outputs);
  if (!name.empty() && std::find(outputs.begin(), outputs.end(), name) == outputs.end())
    field.refuse(fmt::format("`{}` names `{}`, which is not an output", key, name), suggestion(name, outputs, "list it in `interface.outputs`"));
  return name;
}

Certification read_certification(const Field& field, const Manifest& manifest) {
  Certification certification;
  const Field dataset_field = field.maybe("dataset");
  certification.dataset = dataset_field.text();
  if (!certification.dataset.empty()) {
    std::vector<std::string> known;
    for (const Dataset& dataset : manifest.datasets) known.push_back(dataset.name);
    const Dataset* dataset = manifest.find_dataset(certification.dataset);
    if (dataset == nullptr)
      dataset_field.refuse(fmt::format("data set `{}` is not listed", certification.dataset), suggestion(certification.dataset, known, "list it in `datasets`"));
    else if (dataset->role != DatasetRole::holdout)
      dataset_field.refuse(fmt::format("data set `{}` has another role than `holdout`", certification.dataset), "certification needs rows that training has not seen");
  }
  certification.target = field.maybe("target").text();
  certification.positive = field.maybe("positive").text();
  certification.score = read_output(field.maybe("score"), manifest, "score");
  certification.prediction = read_output(field.maybe("prediction"), manifest, "prediction");
  certification.metrics = read_limits(field.maybe("metrics"));
  certification.own_metrics = read_own_metrics(field.maybe("own_metrics"));
  certification.not_worse_than_current = read_margins(field.maybe("metrics"));
  certification.load = read_load(field.maybe("load"));
  certification.p50_ms = field.maybe("latency").maybe("p50_ms").maybe_number();
  certification.p99_ms = field.maybe("latency").maybe("p99_ms").maybe_number();
  certification.throughput_per_second = field.maybe("throughput").maybe("min_per_second").maybe_number();
  certification.error_share = read_not_negative(field.maybe("errors").maybe("max_share"), certification.error_share);
  certification.tolerance = read_not_negative(field.maybe("tolerance"), certification.tolerance);
  return certification;
}

TemplateChoice read_template_choice(const Field& field) {
  TemplateChoice choice{.name = field.maybe("template").text(), .left_out = {}};
  for (const Field& item : field.maybe("without").items()) choice.left_out.push_back({.path = item.at("path").path(), .reason = item.at("reason").text()});
  return choice;
}

std::vector<Waiver> read_waivers(const Field& list) {
  std::vector<Waiver> waivers;
  for (const Field& item : list.items()) {
    const Field expires = item.at("expires");
    Waiver waiver{.rule = item.at("rule").text(), .owner = item.at("owner").text(), .expires = expires.text(), .end = {}};
    const auto end = parse_time(waiver.expires, DateMeans::end_of_day);
    if (end) waiver.end = *end;
    else expires.refuse(fmt::format("found `{}` in `expires`, expected a date such as `2027-03-31`", waiver.expires));
    waivers.push_back(std::move(waiver));
  }
  return waivers;
}

}  // namespace

std::string_view to_string(Level level) { return level == Level::prototype ? "prototype" : "production"; }

std::string_view to_string(Task task) {
  switch (task) {
    case Task::binary_classification: return "binary-classification";
    case Task::multiclass_classification: return "multiclass-classification";
    case Task::regression: return "regression";
  }
  return {};
}

const Dataset* Manifest::find_dataset(std::string_view dataset_name) const {
  const auto found = std::find_if(datasets.begin(), datasets.end(), [&](const Dataset& dataset) { return dataset.name == dataset_name; });
  return found == datasets.end() ? nullptr : &*found;
}

Interface read_interface(const document::Field& field) { return {.inputs = read_tensors(field.at("inputs")), .outputs = read_tensors(field.at("outputs"))}; }

Result<Manifest> read_manifest(const document::Document& document) {
  document::Reader reader(document);
  const Field root = reader.root();
  root.expect_format("mops", 1);
  Manifest manifest;

  const Field name = root.at("name");
  manifest.name = name.text();
  if (name.present())
    if (auto parsed = parse_name(manifest.name); !parsed) name.refuse(parsed.error().message, parsed.error().help);
  manifest.owner = {.team = root.maybe("owner").maybe("team").text(), .contact = root.maybe("owner").maybe("contact").text()};
  manifest.description = root.maybe("description").text();
  manifest.level = root.maybe("level").choice<Level>({{"prototype", Level::prototype}, {"production", Level::production}}, Level::prototype);
  manifest.task = root.at("task").choice<Task>({{"binary-classification", Task::binary_classification},
                                                {"multiclass-classification", Task::multiclass_classification},
                                                {"regression", Task::regression}},
                                               Task::binary_classification);
  const Field environment = root.at("environment");
  manifest.environment = {.name = environment.at("name").text(), .lock = environment.maybe("lock").path()};
  const Field interface = root.at("interface");
  manifest.interface = read_interface(interface);
  manifest.serving = read_serving(root.at("serving"), manifest.name);
  for (const auto& [command_name, words] : root.maybe("commands").entries()) {
    std::vector<std::string> command = words.texts();
    if (command.empty()) words.refuse(fmt::format("command `{}` is empty", command_name), "write the program and its arguments as a list");
    manifest.commands.emplace(command_name, std::move(command));
  }
  const Field resources = root.maybe("resources");
  manifest.resources = {.cpu = read_not_negative(resources.maybe("cpu"), manifest.resources.cpu),
                        .memory = resources.maybe("memory").text(manifest.resources.memory),
                        .gpu = resources.maybe("gpu").count(manifest.resources.gpu)};
  manifest.datasets = read_datasets(root.maybe("datasets"));
  manifest.secrets = root.maybe("secrets").texts();
  manifest.endpoints = root.maybe("endpoints").texts();
  manifest.configuration = root.maybe("configuration").text_map();
  manifest.certification = read_certification(root.maybe("certification"), manifest);
  manifest.template_choice = read_template_choice(root.maybe("policy"));
  manifest.waivers = read_waivers(root.maybe("policy").maybe("waivers"));
  return reader.finish(std::move(manifest));
}

}  // namespace mops::model
