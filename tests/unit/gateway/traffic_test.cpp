#include "gateway/traffic.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mops;
using gateway::Sample;
using gateway::TrafficSnapshot;
using gateway::VersionTraffic;

namespace {

std::shared_ptr<const model::Interface> interface_of(size_t numbers) {
  using model::Datatype;
  model::Interface interface{.inputs = {{.name = "town", .datatype = Datatype::bytes},
                                        {.name = "name", .datatype = Datatype::bytes, .sensitivity = model::Sensitivity::personal},
                                        {.name = "pair", .datatype = Datatype::fp64, .shape = {-1, 2}}},
                             .outputs = {{.name = "yes", .datatype = Datatype::boolean}}};
  for (size_t i = 0; i < numbers; ++i) interface.inputs.push_back({.name = fmt::format("x{}", i), .datatype = Datatype::fp64});
  return std::make_shared<const model::Interface>(std::move(interface));
}

void add(TrafficSnapshot& snapshot, std::shared_ptr<const model::Interface> interface, std::string_view request, std::string_view answer = "") {
  Sample sample{.model = "m", .version = "1.0.0", .payload = "abc", .interface = std::move(interface)};
  sample.request.add(request);
  sample.answer.add(answer);
  snapshot.add(sample, values_of(sample));
}

TrafficSnapshot snapshot_of(std::string gateway, int first, int end) {
  TrafficSnapshot snapshot{.gateway = std::move(gateway), .taken = SystemTime(std::chrono::milliseconds(end))};
  const auto interface = interface_of(1);
  for (int i = first; i < end; ++i)
    add(snapshot, interface,
        fmt::format(R"({{"inputs": [{{"name": "x0", "data": [{}, null]}}, {{"name": "town", "data": ["t{}", 5]}}, {{"name": "name", "data": ["Ada", null]}},)"
                    R"({{"name": "pair", "data": [[1, 2], [3, {}]]}}]}})", i, i % 3, i),
        R"({"outputs": [{"name": "yes", "data": [true, false]}]})");
  return snapshot;
}

/// All that is known, as text.
std::string shown(const std::vector<VersionTraffic>& versions) { return to_json(TrafficSnapshot{.gateway = "x", .versions = versions}); }

const gateway::ColumnTraffic& column_of(const VersionTraffic& version, std::string_view name) {
  for (const auto* columns : {&version.inputs, &version.outputs})
    for (const auto& column : *columns)
      if (column.column == name) return column;
  FAIL("no column " << name);
  throw 0;
}

}  // namespace

TEST_CASE("each column has its values, and a personal one only its count") {
  const TrafficSnapshot snapshot = snapshot_of("one", 0, 100);
  REQUIRE(snapshot.versions.size() == 1);
  const VersionTraffic& version = snapshot.versions[0];
  CHECK(version.samples == 100);
  CHECK(version.unread == 0);
  CHECK(column_of(version, "x0").rows() == 200);
  CHECK(column_of(version, "x0").sketch.missing == 100);
  CHECK(std::get<stats::QuantileSketch>(column_of(version, "x0").sketch.values).max() == 99);
  CHECK(std::get<stats::HeavyHitters>(column_of(version, "town").sketch.values).top()[0].text == "t0");
  CHECK(column_of(version, "town").sketch.missing == 100);
  CHECK(column_of(version, "name").rows() == 200);
  CHECK(column_of(version, "name").sketch.missing == 100);
  CHECK(std::get<stats::QuantileSketch>(column_of(version, "pair[0]").sketch.values).max() == 3);
  CHECK(std::get<stats::QuantileSketch>(column_of(version, "pair[1]").sketch.values).max() == 99);
  CHECK(std::get<stats::HeavyHitters>(column_of(version, "yes").sketch.values).count() == 200);
  CHECK(to_json(snapshot).find("Ada") == std::string::npos);
}

TEST_CASE("a column that a request does not have is missing, and what cannot be read is counted") {
  TrafficSnapshot snapshot;
  const auto interface = interface_of(1);
  add(snapshot, interface, R"({"inputs": [{"name": "x0", "data": [1, 2, 3]}]})");
  add(snapshot, interface, "no json");
  add(snapshot, nullptr, R"({"inputs": [{"name": "x0", "data": [1, 2, 3]}]})");
  const VersionTraffic& version = snapshot.versions[0];
  CHECK(version.samples == 3);
  CHECK(version.unread == 2);
  CHECK(column_of(version, "town").sketch.missing == 3);
  CHECK(column_of(version, "pair[1]").sketch.missing == 3);
  CHECK(column_of(version, "x0").rows() == 3);
}

TEST_CASE("an interface that hides or types a column otherwise begins anew") {
  TrafficSnapshot snapshot;
  model::Interface interface{.inputs = {{.name = "x", .datatype = model::Datatype::fp64}}};
  const auto send = [&](std::string_view value) { add(snapshot, std::make_shared<const model::Interface>(interface), fmt::format(R"({{"inputs": [{{"name": "x", "data": [{}]}}]}})", value)); };
  send("1");
  send("2");
  CHECK(column_of(snapshot.versions[0], "x").rows() == 2);
  interface.inputs[0].datatype = model::Datatype::bytes;
  send("\"a\"");
  CHECK(column_of(snapshot.versions[0], "x").rows() == 1);
  interface.inputs[0].sensitivity = model::Sensitivity::secret;
  send("\"b\"");
  CHECK(column_of(snapshot.versions[0], "x").hidden == 1);
  CHECK(to_json(snapshot).find("\"a\"") == std::string::npos);
}

TEST_CASE("a snapshot is read as it was written") {
  for (const int end : {0, 1, 50, 5000}) {
    const TrafficSnapshot snapshot = snapshot_of("one", 0, end);
    const std::string text = to_json(snapshot);
    const auto read = gateway::read_traffic(document::parse_json({.path = "x", .text = text}));
    REQUIRE(read);
    CHECK(to_json(*read) == text);
  }
}

TEST_CASE("snapshots of gateways and starts add up, and nothing counts twice") {
  const TrafficSnapshot early = snapshot_of("one", 0, 40);
  const TrafficSnapshot late = snapshot_of("one", 0, 90);
  const TrafficSnapshot restarted = snapshot_of("two", 90, 100);
  const auto all = gateway::merge({late, restarted, early, late});
  REQUIRE(all.size() == 1);
  CHECK(all[0].samples == 100);
  CHECK(column_of(all[0], "name").rows() == 200);
  // Few enough values for all to be kept: merged, they are those that one gateway would have seen.
  const auto alone = gateway::merge({snapshot_of("one", 0, 100)});
  CHECK(std::get<stats::QuantileSketch>(column_of(all[0], "x0").sketch.values).quantile(0.5) == std::get<stats::QuantileSketch>(column_of(alone[0], "x0").sketch.values).quantile(0.5));
  CHECK(std::get<stats::HeavyHitters>(column_of(all[0], "town").sketch.values).top() == std::get<stats::HeavyHitters>(column_of(alone[0], "town").sketch.values).top());
  CHECK(shown(gateway::merge({late, restarted})) == shown(gateway::merge({early, restarted, late})));
}

TEST_CASE("a version takes about 16 kB") {
  for (const size_t numbers : {1U, 5U, 20U}) {
    TrafficSnapshot snapshot;
    const auto interface = interface_of(numbers);
    for (int i = 0; i < 5000; ++i) {
      std::string request = fmt::format(R"({{"inputs": [{{"name": "town", "data": ["{:064}"]}})", i * 7919 % 5000);
      for (size_t n = 0; n < numbers; ++n) request += fmt::format(R"(, {{"name": "x{}", "data": [{}]}})", n, i * 7919 % 5000);
      add(snapshot, interface, request + "]}", R"({"outputs": [{"name": "yes", "data": [true]}]})");
    }
    size_t bytes = 0;
    for (const auto* columns : {&snapshot.versions[0].inputs, &snapshot.versions[0].outputs})
      for (const auto& column : *columns) {
        if (const auto* sketch = std::get_if<stats::QuantileSketch>(&column.sketch.values)) bytes += sketch->size() * sizeof(double);
        else for (const auto& counted : std::get<stats::HeavyHitters>(column.sketch.values).top()) bytes += sizeof(counted) + counted.text.capacity();
      }
    CHECK(bytes < 24'000);
  }
}

TEST_CASE("damaged snapshots are refused") {
  const std::string good = to_json(snapshot_of("one", 0, 3));
  const auto problem = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    const auto read = gateway::read_traffic(document::parse_json({.path = "t.json", .text = text}));
    return read ? std::string() : read.error().message;
  };
  CHECK(problem("traffic/v1", "traffic/v2").find("traffic/v2") != std::string::npos);
  CHECK(problem("\"rows\":6", "\"rows\":7").find("`rows` is not what values and `missing` add up to") != std::string::npos);
  CHECK(problem("[[\"t0\",1,0]", "[[\"t0\",1]") .find("how much that may be too much") != std::string::npos);
}
