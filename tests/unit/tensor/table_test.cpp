#include "tensor/table.h"

#include "base/real_file_system.h"
#include "fakes/temporary_folder.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace mops;
using namespace mops::tensor;

namespace {

/// A file in a folder of its own.
class ScratchFile {
 public:
  ScratchFile(const std::string& name, const std::string& content) : path_(folder_.path() / name) { std::ofstream(path_, std::ios::binary) << content; }

  [[nodiscard]] Result<std::unique_ptr<Table>> open() const {
    RealFileSystem files;
    return open_table(files, path_, path_.filename().string());
  }

 private:
  fakes::TemporaryFolder folder_;
  Path path_;
};

std::string npy(const std::string& description, size_t rows, const std::string& records, char version = 1) {
  const std::string header = fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': ({},), }}\n", description, rows);
  std::string text = "\x93NUMPY";
  text += version;
  text += '\0';
  for (size_t shift = 0; shift < (version == 1 ? 16u : 32u); shift += 8) text += static_cast<char>(header.size() >> shift & 0xFF);
  return text + header + records;
}

template <typename... Value>
std::string bytes_of(Value... values) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
  return bytes;
}

std::string problem(const std::string& name, const std::string& content) {
  const auto table = ScratchFile(name, content).open();
  return table ? "a table" : table.error().message;
}

template <typename T>
std::string problem_of(const Result<T>& result) {
  return result ? "a value" : result.error().message;
}

}  // namespace

TEST_CASE("JSON Lines by columns") {
  const ScratchFile file("a.jsonl", "{\"x\": 1, \"c\": \"ä\", \"big\": 9007199254740993}\n\n{\"c\": true, \"x\": 2.5, \"list\": [1], \"big\": 9007199254740992}\r\n");
  const auto table = file.open();
  REQUIRE(table);
  CHECK((*table)->names() == std::vector<std::string>{"x", "c", "big", "list"});
  CHECK((*table)->rows() == 2);
  CHECK(*(*table)->numbers(0) == std::vector<double>{1, 2.5});
  CHECK((*table)->labels(1, k_classes)->classes == std::vector<std::string>{"true", "ä"});
  CHECK((*table)->labels(2, k_classes)->classes == std::vector<std::string>{"9007199254740992", "9007199254740993"});
  CHECK(problem_of((*table)->numbers(1)) == "a.jsonl:1:15: column `c`: found the text `ä`, expected a number");
  CHECK(problem_of((*table)->numbers(3)) == "a.jsonl:1:1: column `list`: a value is missing");
  CHECK((*table)->place(1, 0) == "a.jsonl:3:18");
  CHECK(problem("b.jsonl", "{\"x\": 1}\n[2]\n") == "b.jsonl:2:1: found a list, expected an object");
  CHECK(problem("b.jsonl", "{\"x\": 1}\n{\"x\": NaN}\n") == "b.jsonl:2:7: found `NaN`, expected a value");
  CHECK(problem("b.jsonl", "{\"x\": 1, \"x\": 2}\n").starts_with("b.jsonl:1:10: "));
  CHECK(problem_of((*ScratchFile("c.jsonl", "{\"x\": 1e999}").open())->numbers(0)) == "c.jsonl:1:7: column `x`: 1e999 is too large for a number");
}

TEST_CASE("records of a .npy file") {
  const std::string description = "[('truth', '|i1'), ('', '|V2'), ('score', '<f8'), ('name', '<U2'), ('id', '<u8')]";
  const auto record = [](int8_t truth, double score, char32_t first, char32_t second, uint64_t id) { return bytes_of(truth, int16_t{7}, score, first, second, id); };
  const ScratchFile file("a.npy", npy(description, 2, record(1, 0.25, U'ä', 0, 18446744073709551615u) + record(-1, 0.5, U'b', U'c', 300)));
  const auto table = file.open();
  REQUIRE(table);
  CHECK((*table)->names() == std::vector<std::string>{"truth", "score", "name", "id"});
  CHECK(*(*table)->numbers(0) == std::vector<double>{1, -1});
  CHECK(*(*table)->numbers(1) == std::vector<double>{0.25, 0.5});
  CHECK((*table)->labels(0, k_classes)->classes == std::vector<std::string>{"-1", "1"});
  CHECK((*table)->labels(0, k_classes)->codes == std::vector<uint32_t>{1, 0});
  CHECK((*table)->labels(2, k_classes)->classes == std::vector<std::string>{"bc", "ä"});
  CHECK((*table)->labels(3, k_classes)->classes == std::vector<std::string>{"18446744073709551615", "300"});
  CHECK(problem_of((*table)->numbers(2)) == "a.npy: column `name` is of type `<U2`, expected numbers (`<f8`, `<f4`, `<i8` …)");
}

TEST_CASE(".npy files that are refused") {
  const std::string two = bytes_of(0.5, 0.25);
  CHECK(problem("a.npy", npy("[('x', '<f8')]", 3, two)) == "a.npy: it is truncated: found 2 of 3 rows");
  CHECK(problem("a.npy", npy("[('x', '<f8')]", 1, two)) == "a.npy: more bytes follow the 1 rows that it says it has");
  CHECK(problem("a.npy", npy("[('x', '|O')]", 2, two)) == "a.npy: its field `x` holds pickled objects, which are never loaded");
  CHECK(problem("a.npy", npy("'|O'", 2, two)) == "a.npy: it holds pickled objects, which are never loaded");
  CHECK(problem("a.npy", npy("'<f8'", 2, two)) == "a.npy: it has numbers of type `<f8` without names, expected records with named fields");
  CHECK(problem("a.npy", "\x93NUMPY\x01") == "a.npy: it is truncated in its header");
  CHECK(problem("a.npy", "") == "a.npy: this is no `.npy` file");
  CHECK(problem("a.npy", npy("[('x', '<f8'), ('x', '<f8')]", 1, two)).starts_with("a.npy: its header cannot be read: "));
  CHECK(problem("a.npy", npy("[('x', '<f8', (99999999999,9999999999))]", 1, two)).starts_with("a.npy: its header cannot be read: "));
  CHECK(problem("a.csv", npy("[('x', '<f8')]", 2, two)) == "a.csv: this is a NumPy array");
  CHECK(problem("a.csv", "PAR1...") == "a.csv: this is Parquet");
  const ScratchFile odd("a.npy", npy("[('x', '>f8')]", 2, two));
  CHECK(problem_of((*odd.open())->numbers(0)) == "a.npy: column `x` is of type `>f8`, expected numbers (`<f8`, `<f4`, `<i8` …)");
  const ScratchFile infinite("a.npy", npy("[('x', '<f8')]", 2, bytes_of(0.5, std::numeric_limits<double>::infinity())));
  CHECK(problem_of((*infinite.open())->numbers(0)) == "a.npy: row 2: column `x`: found inf, expected a finite number");
}

TEST_CASE("names beyond ASCII in a .npy file") {
  const auto names = [](const std::string& name, char version) {
    const ScratchFile file("a.npy", npy(fmt::format("[('{}', '<f8')]", name), 1, bytes_of(0.5), version));
    const auto table = file.open();
    return table ? (*table)->names() : std::vector<std::string>{table.error().message};
  };
  CHECK(names("caf\xE9", 1) == std::vector<std::string>{"café"});
  CHECK(names("caf\xE9", 2) == std::vector<std::string>{"café"});
  CHECK(names("café", 3) == std::vector<std::string>{"café"});
  CHECK(names("caf\xE9", 3) == std::vector<std::string>{"a.npy: its header is not UTF-8"});
}

TEST_CASE("a .npy header that is nested without end, or long") {
  const auto nested = [](size_t depth) {
    std::string type = "'<f8'";
    for (size_t i = 0; i < depth; ++i) type = "[('x', " + type + ")]";
    return type;
  };
  CHECK(problem("a.npy", npy(nested(30), 1, bytes_of(0.5))) == "a table");
  std::string deep;
  for (size_t i = 0; i < 500'000; ++i) deep += "[('x', ";
  const std::string start = "a.npy: its header cannot be read: `{'descr': ";
  CHECK(problem("a.npy", npy(deep, 1, "", 3)) == start + deep.substr(0, 190) + "…`");
  CHECK(problem("a.npy", npy("é" + std::string(1000, 'x'), 1, "", 3)) == start + "é" + std::string(188, 'x') + "…`");
  std::string wide = "x";
  for (size_t i = 0; i < 300; ++i) wide += "é";
  CHECK(problem("a.npy", npy(wide, 1, "", 3)) == start + wide.substr(0, 189) + "…`");
}

TEST_CASE("the place of a CSV cell") {
  const auto table = ScratchFile("a.csv", "n,x\n\"ä, \"\"b\"\"\nc\",many\nd,2\n").open();
  REQUIRE(table);
  CHECK((*table)->place(0, 0) == "a.csv:2:1");
  CHECK((*table)->place(0, 1) == "a.csv:3:4");
  CHECK((*table)->place(1, 1) == "a.csv:4:3");
}

TEST_CASE("classes of numbers") {
  CHECK(class_name("1.0") == "1");
  CHECK(class_name("-3.0") == "-3");
  CHECK(class_name("1.5") == "1.5");
  CHECK(class_name(".0") == ".0");
  CHECK(class_name("v1.0") == "v1.0");
  CHECK(is_same_class("True", "1.0"));
  CHECK(!is_same_class("true", "0"));
}

TEST_CASE("a column has at most as many labels as it may") {
  LabelWriter writer(20'000, k_classes);
  bool fits = true;
  for (int64_t i = 0; i < 10'000; ++i) fits = writer.add(i) && fits;
  CHECK(fits);
  CHECK_FALSE(writer.add(int64_t{10'000}));
  CHECK_FALSE(writer.add(int64_t{10'000}));
  CHECK_FALSE(writer.add("another"));
  CHECK(writer.add(int64_t{7}));
  const Labels labels = std::move(writer).finish();
  CHECK(labels.classes.size() == 10'000);
  CHECK(labels.codes.size() == 10'001);
  CHECK(labels.classes[labels.codes.back()] == "7");

  std::string rows = "n,x\n";
  for (int i = 0; i <= 10'000; ++i) rows += fmt::format("{},v{}\n", i % 5, i);
  const auto table = ScratchFile("a.csv", rows).open();
  REQUIRE(table);
  const auto classes = (*table)->labels(1, k_classes);
  REQUIRE_FALSE(classes);
  CHECK(classes.error().message == "a.csv: column `x` has more than 10000 classes");
  CHECK(classes.error().help == "are these numbers? then the task is regression");
  const LabelLimit four = {.most = 4, .what = "different values", .help = "take another column"};
  const auto values = (*table)->labels(0, four);
  REQUIRE_FALSE(values);
  CHECK(values.error().message == "a.csv: column `n` has more than 4 different values");
  CHECK(values.error().help == "take another column");
}
