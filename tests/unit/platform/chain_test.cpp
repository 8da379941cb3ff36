#include "platform/chain.h"

#include "specimen.h"

#include <doctest/doctest.h>
#include <random>

using namespace mops;
using namespace mops::platform;

namespace {

/// Rows as the platform writes them, and the digest of the last.
struct Written {
  std::vector<JournalRow> rows;
  std::optional<Digest> head;

  explicit Written(std::string_view words) {
    for (JournalRecord& record : records_of(words)) {
      record.id = fmt::format("01KAMZ00000000000000000{:03}", rows.size());
      record.configuration = digest('2');
      record.previous = head;
      record.switched = *parse_time("2026-11-23T12:00:00Z");
      head = digest_of(record);
      rows.push_back({.sequence = static_cast<int64_t>(rows.size()) + 1, .model = record.model, .stage = record.stage, .number = record.number,
                      .text = to_json(to_value(record))});
    }
  }
  [[nodiscard]] std::string verified() const {
    std::string text;
    for (const JournalFault& fault : verify_chain(rows, head)) text += fault.message + "\n";
    return text;
  }
};

constexpr std::string_view k_changed = " is not as it was written: it was changed, or records that followed it were removed\n";

}  // namespace

TEST_CASE("chain: what was written holds") {
  CHECK(Written("").verified().empty());
  CHECK(Written("a").verified().empty());
  CHECK(Written("a b <a b c").verified().empty());
}

TEST_CASE("chain: what is said") {
  Written journal("a b <a");
  SUBCASE("a changed record") {
    journal.rows[1].text = replace_all(journal.rows[1].text, "2.0.0", "2.0.1");
    CHECK(journal.verified() == "record 2 (churn#dev#2, promote to 2.0.1, 2026-11-23T12:00:00.000Z)" + std::string(k_changed));
  }
  SUBCASE("a removed one") {
    journal.rows.erase(journal.rows.begin() + 1);
    CHECK(journal.verified() == "record 1 (churn#dev#1, promote to 1.0.0, 2026-11-23T12:00:00.000Z)" + std::string(k_changed));
  }
  SUBCASE("the first removed") {
    journal.rows.erase(journal.rows.begin());
    CHECK(journal.verified() == "record 2 (churn#dev#2, promote to 2.0.0, 2026-11-23T12:00:00.000Z) was not the first: records before it were removed\n");
  }
  SUBCASE("the last removed") {
    journal.rows.pop_back();
    CHECK(journal.verified() == "record 2 (churn#dev#2, promote to 2.0.0, 2026-11-23T12:00:00.000Z)" + std::string(k_changed));
  }
  SUBCASE("no end remembered") {
    journal.head.reset();
    CHECK(journal.verified() == "record 3 (churn#dev#3, rollback to 1.0.0, 2026-11-23T12:00:00.000Z)" + std::string(k_changed));
  }
  SUBCASE("unreadable") {
    journal.rows[1].text = "{}";
    CHECK(journal.verified() == "record 2 (churn#dev#2) cannot be read: churn#dev#2:1:1: `format` is missing\n");
  }
  SUBCASE("everything removed") {
    journal.rows.clear();
    CHECK(journal.verified() == "all records were removed\n");
    CHECK(verify_chain(journal.rows, journal.head)[0].record.empty());
  }
  SUBCASE("columns that say another thing than the record") {
    journal.rows[2].stage = "production";
    CHECK(journal.verified() == "record 3 (churn#production#3, rollback to 1.0.0, 2026-11-23T12:00:00.000Z)" + std::string(k_changed));
  }
  SUBCASE("keys that no record has") {
    journal.rows[0].text.insert(1, "\"note\":1,");
    CHECK(journal.verified() == "record 1 (churn#dev#1, promote to 1.0.0, 2026-11-23T12:00:00.000Z)" + std::string(k_changed));
  }
}

TEST_CASE("chain: no change of a byte, a row or an order goes unseen") {
  std::mt19937 chance(7);  // NOLINT(cert-msc51-cpp): the same every time
  const Written written("a b c <b <a c d <c");
  const auto below = [&](size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(chance); };
  for (int round = 0; round < 3000; ++round) {
    Written journal = written;
    const size_t row = below(journal.rows.size());
    std::string& text = journal.rows[row].text;
    switch (below(5)) {
      case 0: text[below(text.size())] ^= static_cast<char>(1U << below(8)); break;
      case 1: text.erase(below(text.size()), 1 + below(20)); break;
      case 2: text.insert(below(text.size()), 1, static_cast<char>(' ' + below(94))); break;
      case 3: journal.rows.erase(journal.rows.begin() + static_cast<std::ptrdiff_t>(row)); break;
      default: std::swap(journal.rows[row].text, journal.rows[(row + 1) % journal.rows.size()].text); break;
    }
    CAPTURE(round);
    const auto faults = verify_chain(journal.rows, journal.head);
    REQUIRE_FALSE(faults.empty());
    CHECK(has_open_fault(faults));
    // Looked at again it is the same fault.
    CHECK(verify_chain(journal.rows, journal.head)[0].id == faults[0].id);
  }
}
