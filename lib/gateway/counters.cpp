#include "gateway/counters.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <tuple>

namespace mops::gateway {

namespace {

/// Upper ends in seconds, 1-2.5-5 from 0.25 ms to 50 s: bounded series, whatever the histogram's own bins are.
constexpr std::array<double, 17> k_bounds{0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50};

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

using Out = std::back_insert_iterator<std::string>;

void write_latency(Out out, const VersionStats& version, const std::string& labels) {
  const auto& counts = version.latency.counts();
  uint64_t below = 0;
  size_t bin = 0;
  for (const double bound : k_bounds) {
    // A bin counts where it ends: at most 6.25 % late.
    while (bin < counts.size() && static_cast<double>(stats::Histogram::upper_end(bin)) <= bound * 1e9 * 1.0001) below += counts[bin++];
    fmt::format_to(out, "mops_request_duration_seconds_bucket{{{},le=\"{}\"}} {}\n", labels, bound, below);
  }
  fmt::format_to(out, "mops_request_duration_seconds_bucket{{{},le=\"+Inf\"}} {}\n", labels, version.latency.count());
  fmt::format_to(out, "mops_request_duration_seconds_sum{{{}}} {}\n", labels, static_cast<double>(version.latency.sum()) / 1e9);
  fmt::format_to(out, "mops_request_duration_seconds_count{{{}}} {}\n", labels, version.latency.count());
}

std::vector<VersionStats> by_name(const std::vector<VersionStats>& versions) {
  std::vector<VersionStats> merged;
  for (const VersionStats& version : versions) {
    const auto same = std::find_if(merged.begin(), merged.end(),
                                   [&](const VersionStats& other) { return other.model == version.model && other.version == version.version; });
    if (same == merged.end()) {
      merged.push_back(version);
    } else {
      same->merge(version);
    }
  }
  return merged;
}

}  // namespace

void add_count(std::vector<std::pair<uint32_t, uint64_t>>& counts, uint32_t code, uint64_t times) {
  const auto at = std::lower_bound(counts.begin(), counts.end(), code, [](const auto& entry, uint32_t wanted) { return entry.first < wanted; });
  if (at != counts.end() && at->first == code) {
    at->second += times;
  } else {
    counts.insert(at, {code, times});
  }
}

void VersionStats::count_code(uint32_t code, uint64_t times) { add_count(codes, code, times); }

void VersionStats::merge(const VersionStats& other) {
  requests += other.requests;
  failed += other.failed;
  retried += other.retried;
  in_flight += other.in_flight;
  for (const auto& [code, times] : other.codes) add_count(codes, code, times);
  latency.merge(other.latency);
}

void GatewayStats::merge(const GatewayStats& other) {
  generation = std::max(generation, other.generation);
  connections += other.connections;
  accepted += other.accepted;
  streamed += other.streamed;
  for (const auto& [code, times] : other.rejected) add_count(rejected, code, times);
  for (const VersionStats& version : other.versions) {
    const auto same = std::find_if(versions.begin(), versions.end(),
                                   [&](const VersionStats& own) { return own.model == version.model && own.payload == version.payload; });
    if (same == versions.end()) {
      versions.push_back(version);
    } else {
      same->merge(version);
    }
  }
  std::sort(versions.begin(), versions.end(), [](const VersionStats& a, const VersionStats& b) {
    return std::tie(a.model, a.version, a.payload) < std::tie(b.model, b.version, b.payload);
  });
}

std::string to_prometheus(const GatewayStats& stats) {
  std::string text;
  const Out out(text);
  const std::vector<VersionStats> versions = by_name(stats.versions);
  const auto family = [&](std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(out, "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  };
  const auto labels = [](const VersionStats& version) {
    return fmt::format("model=\"{}\",version=\"{}\"", label_value(version.model), label_value(version.version));
  };
  family("mops_requests_total", "counter", "Requests that a version answered, by status; 499: the client had gone.");
  for (const VersionStats& version : versions) {
    for (const auto& [code, times] : version.codes) {
      fmt::format_to(out, "mops_requests_total{{{},code=\"{}\"}} {}\n", labels(version), code, times);
    }
  }
  family("mops_requests_failed_total", "counter", "Requests that a version answered with 5xx or did not answer.");
  for (const VersionStats& version : versions) fmt::format_to(out, "mops_requests_failed_total{{{}}} {}\n", labels(version), version.failed);
  family("mops_requests_retried_total", "counter", "Requests that were sent again because an idle connection had just closed.");
  for (const VersionStats& version : versions) fmt::format_to(out, "mops_requests_retried_total{{{}}} {}\n", labels(version), version.retried);
  family("mops_requests_in_flight", "gauge", "Requests that wait for the end of an answer.");
  for (const VersionStats& version : versions) fmt::format_to(out, "mops_requests_in_flight{{{}}} {}\n", labels(version), version.in_flight);
  family("mops_request_duration_seconds", "histogram", "From the whole request to the last byte of the answer.");
  for (const VersionStats& version : versions) write_latency(out, version, labels(version));
  family("mops_rejected_requests_total", "counter", "Requests that no version saw, by status.");
  for (const auto& [code, times] : stats.rejected) fmt::format_to(out, "mops_rejected_requests_total{{code=\"{}\"}} {}\n", code, times);
  family("mops_streamed_requests_total", "counter", "Requests whose body was too large to be kept for a retry.");
  fmt::format_to(out, "mops_streamed_requests_total {}\n", stats.streamed);
  family("mops_decisions_logged_total", "counter", "Requests that were written to the decision log.");
  fmt::format_to(out, "mops_decisions_logged_total {}\n", stats.record.logged);
  family("mops_decisions_lost_total", "counter", "Requests that should have been; queue: more came than could be written, disk: it was full or failed.");
  fmt::format_to(out, "mops_decisions_lost_total{{reason=\"queue\"}} {}\n", stats.record.lost_in_queue);
  fmt::format_to(out, "mops_decisions_lost_total{{reason=\"disk\"}} {}\n", stats.record.lost_on_disk);
  family("mops_client_connections", "gauge", "Open connections of clients.");
  fmt::format_to(out, "mops_client_connections {}\n", stats.connections);
  family("mops_accepted_connections_total", "counter", "Connections of clients that were accepted.");
  fmt::format_to(out, "mops_accepted_connections_total {}\n", stats.accepted);
  family("mops_route_generation", "gauge", "Generation of the route table.");
  fmt::format_to(out, "mops_route_generation {}\n", stats.generation);
  return text;
}

}  // namespace mops::gateway
