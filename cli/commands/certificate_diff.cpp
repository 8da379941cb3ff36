#include "certify/check_text.h"
#include "cli/certificate_file.h"
#include "cli/check_table.h"
#include "cli/commands/all.h"
#include "cli/visible.h"
#include "document/value.h"

#include <algorithm>
#include <array>

namespace mops::cli {
namespace {

using document::Value;

/// One check of two certificates; absent on a side: it has none of that name.
struct Pair {
  std::string name;
  const evidence::Check* before = nullptr;
  const evidence::Check* after = nullptr;
};

std::vector<Pair> pairs_of(const evidence::Certificate& before, const evidence::Certificate& after) {
  std::vector<Pair> pairs;
  for (const evidence::Check& check : before.checks) pairs.push_back({.name = check.name, .before = &check});
  for (const evidence::Check& check : after.checks) {
    const auto same = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& pair) { return pair.name == check.name; });
    if (same != pairs.end()) same->after = &check;
    else pairs.push_back({.name = check.name, .after = &check});
  }
  return pairs;
}

/// What is not measured by numbers: name, before, after.
std::vector<std::array<std::string, 3>> circumstances(const evidence::Certificate& a, const evidence::Certificate& b) {
  std::vector<std::array<std::string, 3>> rows;
  const auto add = [&](std::string name, std::string before, std::string after) {
    if (before != after) rows.push_back({std::move(name), std::move(before), std::move(after)});
  };
  const auto lock = [](const evidence::Certificate& c) { return c.environment_lock ? c.environment_lock->sha256.short_hex() : std::string("-"); };
  const auto on = [](const evidence::Certificate& c) { return fmt::format("{}, {} cores, {:.3g} GiB", c.measured_on.cpu_model, c.measured_on.cores, static_cast<double>(c.measured_on.memory_bytes) / (1 << 30)); };
  add("payload", a.payload.short_hex(), b.payload.short_hex());
  add("data set", fmt::format("{} {}", a.dataset.name, a.dataset.sha256.short_hex()), fmt::format("{} {}", b.dataset.name, b.dataset.sha256.short_hex()));
  add("environment", lock(a), lock(b));
  const auto compared = [](const evidence::Certificate& c) {
    return !c.comparison ? std::string("-") : c.comparison->obstacle.empty() ? c.comparison->baseline : "not with " + c.comparison->baseline;
  };
  add("compared with", compared(a), compared(b));
  add("rate", fmt::format("{:g}/s", a.performance.rate_per_second), fmt::format("{:g}/s", b.performance.rate_per_second));
  add("measured on", on(a), on(b));
  add("load before", fmt::format("{:.2f}", a.measured_on.load_before), fmt::format("{:.2f}", b.measured_on.load_before));
  add("mops", a.measured_on.mops_version, b.measured_on.mops_version);
  return rows;
}

class CertificateDiffCommand final : public Command {
 public:
  [[nodiscard]] CommandText text() const override {
    return {.name = "certificate diff",
            .summary = "two certificates check by check: values, limits, verdicts, and what they were measured on",
            .examples = {"mops certificate diff before.json after.json", "mops certificate diff before.json"}};
  }

  std::vector<Option> options() override {
    return {{.name = "A", .help = "a certificate", .target = &before_, .presence = Presence::required},
            {.name = "B", .help = "another one (the newest one of the payload on the disk)", .target = &after_},
            {.name = "--format", .value = "FORMAT", .help = "how to print", .target = &format_, .choices = {"text", "json"}},
            {.name = "--repository", .value = "DIR", .help = "the model's repository (here)", .target = &repository_}};
  }

  Result<ExitCode> run(Env& env) override {
    MOPS_ASSIGN(Workspace workspace, Workspace::open(env, repository_));
    MOPS_ASSIGN(const CertificateFile before, find_certificate_file(env, workspace, before_));
    MOPS_ASSIGN(const CertificateFile after, find_certificate_file(env, workspace, after_));
    const std::vector<Pair> pairs = pairs_of(before.certificate, after.certificate);
    if (format_ == "json") env.console.out(to_json(value_of(before, after, pairs), document::JsonLayout::indented));
    else show(env, before, after, pairs);
    return ExitCode::done;
  }

 private:
  static void show(Env& env, const CertificateFile& before, const CertificateFile& after, const std::vector<Pair>& pairs) {
    const auto heading = [](const CertificateFile& file) { return fmt::format("{} {} {}", visible(file.certificate.model), file.certificate.payload.short_hex(), to_string(file.certificate.verdict)); };
    env.console.out(fmt::format("A: {}, {}\nB: {}, {}\n\n", heading(before), before.name, heading(after), after.name));
    using Align = Table::Align;
    Table table({"CHECK", "A", "B", "LIMIT IN B", "VERDICT IN B"}, {Align::left, Align::right, Align::right, Align::left, Align::left});
    for (const Pair& pair : pairs) {
      const auto value = [](const evidence::Check* check) { return check == nullptr ? std::string("not checked") : certify::value_text(*check); };
      const std::string changed = pair.before && pair.after && pair.before->verdict != pair.after->verdict ? fmt::format(" (A: {})", to_string(pair.before->verdict)) : "";
      table.add({{pair.name}, {value(pair.before)}, {value(pair.after)}, {pair.after ? certify::limit_text(pair.after->limit, pair.after->unit) : "-"},
                 {pair.after ? std::string(to_string(pair.after->verdict)) + changed : "-", pair.after ? colour_of(pair.after->verdict) : Colour::plain}});
    }
    env.console.out(table.render(env.console));
    const auto rows = circumstances(before.certificate, after.certificate);
    if (rows.empty()) return;
    Table others({"", "A", "B"});
    for (const auto& [name, a, b] : rows) others.add({{name}, {a}, {b}});
    env.console.out("\n" + others.render(env.console));
  }

  static Value value_of(const CertificateFile& before, const CertificateFile& after, const std::vector<Pair>& pairs) {
    const auto side = [](const CertificateFile& file) {
      return Value::map().set("certificate", file.name).set("model", file.certificate.model).set("payload", file.certificate.payload.hex()).set("verdict", to_string(file.certificate.verdict));
    };
    const auto check = [](const evidence::Check* c) {
      if (c == nullptr) return Value(nullptr);
      return Value::map().set("value", c->value ? Value(*c->value) : Value(nullptr)).set("n", c->n).set("verdict", to_string(c->verdict)).set("note", c->note);
    };
    Value checks = Value::list();
    for (const Pair& pair : pairs) checks.add(Value::map().set("name", pair.name).set("before", check(pair.before)).set("after", check(pair.after)));
    Value others = Value::list();
    for (const auto& [name, a, b] : circumstances(before.certificate, after.certificate)) others.add(Value::map().set("name", name).set("before", a).set("after", b));
    return Value::map().set("format_version", 1).set("before", side(before)).set("after", side(after)).set("checks", std::move(checks)).set("circumstances", std::move(others));
  }

  std::optional<std::string> before_;
  std::optional<std::string> after_;
  std::string format_ = "text";
  std::string repository_;
};

}  // namespace

std::unique_ptr<Command> make_certificate_diff_command() { return std::make_unique<CertificateDiffCommand>(); }

}  // namespace mops::cli
