#include "certify/own_metrics.h"

#include "base/text.h"
#include "certify/verdict.h"
#include "document/document.h"

#include <algorithm>

namespace mops::certify {
namespace {

void append_field(std::string& line, std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) line += text;
  else line += '"' + replace_all(text, "\"", "\"\"") + '"';
}

std::string name_of(const tensor::Column& output, size_t index) {
  return output.width == 1 ? "output." + output.name : fmt::format("output.{}[{}]", output.name, index);
}

Error no_metrics(const model::OwnMetrics& own, std::string_view problem, std::string_view printed, std::string help) {
  constexpr size_t k_shown_lines = 10;
  Error error{.code = ErrorCode::refused, .message = fmt::format("`{}` {}", fmt::join(own.command, " "), problem), .help = std::move(help)};
  std::vector<std::string_view> lines = split(trim(printed), '\n');
  if (lines.size() > k_shown_lines) lines.erase(lines.begin(), lines.end() - k_shown_lines);
  for (const std::string_view line : lines)
    if (!line.empty()) error.causes.push_back("it printed: " + std::string(line));
  return error;
}

Result<stats::Metric> read_metric(const model::OwnMetrics& own, const std::string& name, const document::Node& printed) {
  const document::Node* node = printed.find(name);
  if (node == nullptr) return fail(no_metrics(own, fmt::format("printed no `{}`", name), "", "let it print every metric that `certification.own_metrics` names, `null` where it is undefined"));
  if (node->kind == document::NodeKind::null) return stats::Metric{.name = name, .value = {}, .reason = "undefined, says the program that computes it"};
  if (!node->is_number()) return fail(no_metrics(own, fmt::format("printed `{}` for `{}`, expected a number", node->text, name), "", "let it print a number, or `null` where it is undefined"));
  return stats::Metric{.name = name, .value = node->number};
}

}  // namespace

void AnswerTable::add(const tensor::Answer& answer) {
  if (csv_.empty()) {
    for (const std::string& name : dataset_.names()) {
      append_field(csv_, name);
      csv_ += ',';
    }
    for (const tensor::Column& output : answer.outputs)
      for (size_t index = 0; index < output.width; ++index) {
        append_field(csv_, name_of(output, index));
        csv_ += ',';
      }
    csv_.back() = '\n';
  }
  for (size_t row = 0; row < answer.rows(); ++row) {
    csv_ += dataset_.raw(rows_++);
    for (const tensor::Column& output : answer.outputs)
      for (size_t index = 0; index < output.width; ++index) {
        csv_ += ',';
        append_field(csv_, tensor::to_text(output.at(row, index)));
      }
    csv_ += '\n';
  }
}

Result<std::vector<stats::Metric>> measure_own(const model::OwnMetrics& own, const AnswerTable& table, const Workplace& workplace, const std::stop_token& stop) {
  const auto result = run_process({.arguments = own.command, .folder = workplace.folder, .variables = workplace.variables, .input = table.csv()}, stop, own.timeout);
  if (!result) {
    if (result.error().code != ErrorCode::interrupted || stop.stop_requested()) return fail(result.error());
    return fail(no_metrics(own, fmt::format("took more than {} s", std::chrono::duration<double>(own.timeout).count()), "", "give it more time with `timeout_seconds`, or less to do"));
  }
  if (result->exit_code != 0) return fail(no_metrics(own, fmt::format("ended with code {}", result->exit_code), result->errors, "it gets the data set and the answers as CSV on standard input"));
  const document::Document printed = document::parse_json({.path = "standard output", .text = result->output});
  if (!printed.is_sound() || printed.root()->kind != document::NodeKind::map)
    return fail(no_metrics(own, "printed something else than one JSON object", result->output, "let it print `{\"metric\": 0.5}` and nothing else; messages go to standard error"));
  std::vector<stats::Metric> metrics;
  for (const auto& [name, limit] : own.metrics) {
    MOPS_ASSIGN(stats::Metric metric, read_metric(own, name, *printed.root()));
    metrics.push_back(std::move(metric));
  }
  return metrics;
}

std::vector<evidence::Check> check_own(const model::OwnMetrics& own, const std::vector<stats::Metric>& metrics, uint64_t rows) {
  std::vector<evidence::Check> checks;
  for (const stats::Metric& metric : metrics)
    checks.push_back(judged({.name = "metrics/" + metric.name, .value = metric.value, .limit = own.metrics.at(metric.name), .n = rows, .note = metric.reason}));
  return checks;
}

}  // namespace mops::certify
