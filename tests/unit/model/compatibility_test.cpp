#include "model/compatibility.h"

#include <doctest/doctest.h>
#include <functional>
#include <random>

using namespace mops;
using namespace mops::model;

namespace {

Manifest manifest_with(std::vector<Tensor> inputs, std::vector<Tensor> outputs) {
  Manifest manifest;
  manifest.name = "churn";
  manifest.serving.model = "churn";
  manifest.interface = {.inputs = std::move(inputs), .outputs = std::move(outputs)};
  return manifest;
}

Version version(std::string_view text) { return Version::parse(text).value(); }

// ---- a second opinion: clients and servers that are asked value by value ------------------------------------------------

struct Value {
  bool is_null = false;
  double number = 0;
  std::string text = {};
};

/// Everything that one element of a tensor can be, as far as these tests go.
const std::vector<Value>& values_of(Datatype type) {
  static const std::vector<Value> numbers = [] {
    std::vector<Value> all = {{.is_null = true}};
    for (const double number : {-1e300, -129.0, -128.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 127.0, 128.0, 255.0, 256.0, 1e300}) all.push_back({.number = number});
    return all;
  }();
  static const std::vector<Value> texts = {{.is_null = true}, {.text = "a"}, {.text = "b"}, {.text = "c"}, {.text = "something else"}};
  return type == Datatype::bytes ? texts : numbers;
}

bool allows(const Tensor& tensor, const Value& value) {
  if (value.is_null) return tensor.nullable;
  if (tensor.datatype == Datatype::bytes)
    return tensor.categories.empty() || std::find(tensor.categories.begin(), tensor.categories.end(), value.text) != tensor.categories.end();
  if (tensor.datatype == Datatype::uint8 && (value.number < 0 || value.number > 255 || value.number != std::floor(value.number))) return false;
  if (tensor.datatype == Datatype::int8 && (value.number < -128 || value.number > 127 || value.number != std::floor(value.number))) return false;
  return value.number >= tensor.minimum.value_or(-INFINITY) && value.number <= tensor.maximum.value_or(INFINITY);
}

bool takes_shape(const Tensor& tensor, const std::vector<int64_t>& shape) {
  if (shape.size() != tensor.shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i)
    if (tensor.shape[i] != -1 && tensor.shape[i] != shape[i]) return false;
  return true;
}

bool understands(const Tensor& reader, const Tensor& writer) {
  if (reader.datatype != writer.datatype) return false;
  for (const Value& value : values_of(writer.datatype))
    if (allows(writer, value) && !allows(reader, value)) return false;
  for (const std::vector<int64_t>& shape : std::vector<std::vector<int64_t>>{{1}, {2}, {3}, {1, 1}, {2, 3}, {3, 2}})
    if (takes_shape(writer, shape) && !takes_shape(reader, shape)) return false;
  return true;
}

const Tensor* find(const std::vector<Tensor>& tensors, const std::string& name) {
  for (const Tensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

/// A client written for `known` against a server of `real`.
bool client_works(const Manifest& known, const Manifest& real) {
  if (known.serving.model != real.serving.model || known.task != real.task) return false;
  for (const Tensor& sent : known.interface.inputs) {
    const Tensor* taken = find(real.interface.inputs, sent.name);
    if (taken == nullptr || !understands(*taken, sent)) return false;
  }
  for (const Tensor& wanted : real.interface.inputs)
    if (!wanted.nullable && find(known.interface.inputs, wanted.name) == nullptr) return false;
  for (const Tensor& read : known.interface.outputs) {
    const Tensor* given = find(real.interface.outputs, read.name);
    if (given == nullptr || !understands(read, *given)) return false;
  }
  return true;
}

class Chance {
 public:
  explicit Chance(uint32_t seed) : generator_(seed) {}
  size_t below(size_t n) { return generator_() % n; }
  bool one_in(size_t n) { return below(n) == 0; }

  Tensor tensor(std::string name) {
    Tensor tensor{.name = std::move(name)};
    tensor.datatype = std::array{Datatype::fp64, Datatype::uint8, Datatype::int8, Datatype::bytes}[below(4)];
    tensor.shape = std::array<std::vector<int64_t>, 5>{{{-1}, {-1}, {2}, {-1, 3}, {-1, -1}}}[below(5)];
    tensor.nullable = one_in(2);
    if (tensor.datatype == Datatype::bytes) {
      for (const char* category : {"a", "b", "c"})
        if (one_in(2)) tensor.categories.emplace_back(category);
    } else {
      if (one_in(2)) tensor.minimum = std::array{-128.0, -1.0, 0.0, 0.5, 1.0}[below(5)];
      if (one_in(2)) tensor.maximum = std::array{1.0, 1.5, 2.0, 127.0, 255.0}[below(5)];
    }
    tensor.sensitivity = one_in(4) ? Sensitivity::personal : Sensitivity::none;
    tensor.description = one_in(4) ? "x" : "";
    return tensor;
  }

  std::vector<Tensor> tensors() {
    std::vector<Tensor> out;
    for (const char* name : {"age", "plan", "tenure"})
      if (!one_in(3)) out.push_back(tensor(name));
    std::shuffle(out.begin(), out.end(), generator_);
    return out;
  }

  Manifest manifest() {
    Manifest manifest = manifest_with(tensors(), tensors());
    if (one_in(20)) manifest.serving.model = "other";
    if (one_in(20)) manifest.task = Task::regression;
    return manifest;
  }

  /// A manifest and one that differs in a few things: both of random parts would hardly ever be compatible.
  Manifest near(const Manifest& manifest) {
    Manifest out = manifest;
    for (std::vector<Tensor>* side : {&out.interface.inputs, &out.interface.outputs}) {
      if (!side->empty() && one_in(3)) {
        Tensor& changed = (*side)[below(side->size())];
        const Datatype datatype = changed.datatype;
        const std::vector<int64_t> shape = changed.shape;
        do changed = tensor(changed.name);
        while (changed.datatype != datatype);
        if (!one_in(3)) changed.shape = shape;
      }
      if (!side->empty() && one_in(6)) side->erase(side->begin() + static_cast<std::ptrdiff_t>(below(side->size())));
      if (one_in(6)) side->push_back(tensor("extra"));
    }
    return out;
  }

 private:
  std::mt19937 generator_;
};

}  // namespace

TEST_CASE("compare_interfaces: what clients and servers of all values say") {
  std::map<Compatibility, int> seen;
  for (uint32_t seed = 0; seed < 20'000; ++seed) {
    CAPTURE(seed);
    Chance chance(seed);
    const Manifest a = chance.manifest();
    const Manifest b = chance.one_in(10) ? chance.manifest() : chance.near(a);
    const InterfaceComparison there = compare_interfaces(a, b);
    const InterfaceComparison back = compare_interfaces(b, a);

    const bool backward = client_works(a, b);
    const bool forward = client_works(b, a);
    const Compatibility expected = backward ? (forward ? Compatibility::full : Compatibility::backward) : (forward ? Compatibility::forward : Compatibility::none);
    std::string told;
    for (const InterfaceChange& change : there.changes) told += change.sentence + "\n";
    CAPTURE(told);
    REQUIRE(to_string(there.compatibility) == to_string(expected));
    ++seen[expected];

    // The reverse swaps BACKWARD and FORWARD, and has as many changes.
    REQUIRE(back.compatibility == (backward == forward ? expected : backward ? Compatibility::forward : Compatibility::backward));
    REQUIRE(back.changes.size() == there.changes.size());
    REQUIRE((there.first_break() == nullptr) == backward);

    const InterfaceComparison same = compare_interfaces(a, a);
    REQUIRE(same.changes.empty());
    REQUIRE(same.compatibility == Compatibility::full);
  }
  for (const auto compatibility : {Compatibility::none, Compatibility::forward, Compatibility::backward, Compatibility::full}) CHECK(seen[compatibility] > 500);
}

TEST_CASE("compare_interfaces: one change at a time") {
  const Tensor age{.name = "age", .datatype = Datatype::int32, .minimum = 0, .maximum = 120};
  const Tensor plan{.name = "plan", .datatype = Datatype::bytes, .categories = {"basic", "gold"}};
  const Tensor tenure{.name = "tenure_months", .datatype = Datatype::fp64, .nullable = true};
  const Manifest before = manifest_with({age, plan, tenure}, {age, plan});
  const auto told = [&](const std::function<void(Manifest&)>& change) {
    Manifest after = before;
    change(after);
    const InterfaceComparison comparison = compare_interfaces(before, after);
    std::string out;
    for (const InterfaceChange& c : comparison.changes) out += c.sentence + ". ";
    return out + std::string(to_string(comparison.compatibility)) + " " + std::string(to_string(comparison.bump()));
  };
  using M = Manifest;
  CHECK(told([](M& m) { m.interface.inputs.erase(m.interface.inputs.begin()); }) == "input `age` is gone: a request that has it is refused. NONE major");
  CHECK(told([](M& m) { m.interface.inputs.pop_back(); }) == "input `tenure_months` is gone: a request that has it is refused. FORWARD major");
  CHECK(told([](M& m) { m.interface.inputs.push_back({.name = "city"}); }) == "input `city` is new and must be sent. NONE major");
  CHECK(told([](M& m) { m.interface.inputs.push_back({.name = "city", .nullable = true}); }) == "input `city` is new and may be left out. BACKWARD minor");
  CHECK(told([](M& m) { m.interface.inputs[0].datatype = Datatype::int64; }) == "input `age` is INT64 instead of INT32. NONE major");
  CHECK(told([](M& m) { m.interface.inputs[0].shape = {1}; }) == "input `age` has shape [1] instead of [-1]. FORWARD major");
  CHECK(told([](M& m) { m.interface.inputs[0].shape = {-1, 1}; }) == "input `age` has shape [-1, 1] instead of [-1]. NONE major");
  CHECK(told([](M& m) { m.interface.inputs[0].nullable = true; }) == "input `age` may be missing. BACKWARD minor");
  CHECK(told([](M& m) { m.interface.inputs[2].nullable = false; }) == "input `tenure_months` may no longer be missing. FORWARD major");
  CHECK(told([](M& m) { m.interface.inputs[0].minimum = 18; }) == "input `age` is 18 to 120 instead of 0 to 120. FORWARD major");
  CHECK(told([](M& m) { m.interface.inputs[0].maximum = std::nullopt; }) == "input `age` is at least 0 instead of 0 to 120. BACKWARD minor");
  CHECK(told([](M& m) { m.interface.inputs[0].minimum = 10, m.interface.inputs[0].maximum = 130; }) == "input `age` is 10 to 130 instead of 0 to 120. NONE major");
  CHECK(told([](M& m) { m.interface.inputs[1].categories = {"gold"}; }) == "input `plan` no longer takes `basic`. FORWARD major");
  CHECK(told([](M& m) { m.interface.inputs[1].categories = {"gold", "basic", "free"}; }) == "input `plan` also takes `free`. BACKWARD minor");
  CHECK(told([](M& m) { m.interface.inputs[1].categories = {"gold", "basic"}; }) == "FULL patch");
  CHECK(told([](M& m) { m.interface.inputs[1].categories = {}; }) == "input `plan` takes any text, no longer only `basic` and `gold`. BACKWARD minor");
  CHECK(told([](M& m) { m.interface.inputs[1].categories = {"gold", "free"}; }) == "input `plan` takes `free`, no longer `basic`. NONE major");
  CHECK(told([](M& m) { m.interface.outputs.pop_back(); }) == "output `plan` is gone from the answers. FORWARD major");
  CHECK(told([](M& m) { m.interface.outputs.push_back({.name = "why"}); }) == "output `why` is new. BACKWARD minor");
  CHECK(told([](M& m) { m.interface.outputs[0].nullable = true; }) == "output `age` may be missing. FORWARD major");
  CHECK(told([](M& m) { m.interface.outputs[0].maximum = 200; }) == "output `age` is 0 to 200 instead of 0 to 120. FORWARD major");
  CHECK(told([](M& m) { m.interface.outputs[0].maximum = 99; }) == "output `age` is 0 to 99 instead of 0 to 120. BACKWARD minor");
  CHECK(told([](M& m) { m.interface.outputs[1].categories.emplace_back("free"); }) == "output `plan` also gives `free`. FORWARD major");
  CHECK(told([](M& m) { m.interface.inputs[0].sensitivity = Sensitivity::personal; }) == "input `age` has sensitivity personal instead of none. FULL patch");
  CHECK(told([](M& m) { m.interface.outputs[0].description = "years"; }) == "output `age` is described in other words. FULL patch");
  CHECK(told([](M& m) { m.serving.model = "leaving"; }) == "the model is asked at /v2/models/leaving instead of /v2/models/churn. NONE major");
  CHECK(told([](M& m) { m.task = Task::regression; }) == "the task is regression instead of binary-classification. NONE major");
  CHECK(told([](M& m) { m.interface.inputs[2].name = "tenure"; }) ==
        "input `tenure_months` is gone: a request that has it is refused; `tenure` may be its new name. input `tenure` is new and may be left out. NONE major");
  CHECK(told([](M& m) { m.interface.inputs[2].name = "colour"; }) ==
        "input `tenure_months` is gone: a request that has it is refused. input `colour` is new and may be left out. NONE major");
}

TEST_CASE("compare_interfaces: bounds that a datatype has anyway change nothing") {
  const auto compatibility = [](Datatype type, std::optional<double> minimum, std::optional<double> maximum) {
    const Manifest before = manifest_with({{.name = "x", .datatype = type}}, {});
    const Manifest after = manifest_with({{.name = "x", .datatype = type, .minimum = minimum, .maximum = maximum}}, {});
    return to_string(compare_interfaces(before, after).compatibility);
  };
  CHECK(compatibility(Datatype::uint8, 0, 255) == "FULL");
  CHECK(compatibility(Datatype::uint8, -5, 255.9) == "FULL");
  CHECK(compatibility(Datatype::uint8, 0.5, {}) == "FORWARD");
  CHECK(compatibility(Datatype::int8, -128, 127) == "FULL");
  CHECK(compatibility(Datatype::int8, 0, {}) == "FORWARD");
  CHECK(compatibility(Datatype::uint64, 0, {}) == "FULL");
  CHECK(compatibility(Datatype::int64, -9.3e18, 9.3e18) == "FULL");
  CHECK(compatibility(Datatype::fp64, -1e300, {}) == "FORWARD");
}

TEST_CASE("compare_interfaces: the nearest names are paired first, each once") {
  const Manifest before = manifest_with({{.name = "mean_radius"}, {.name = "mean_area"}}, {});
  const Manifest after = manifest_with({{.name = "mean_areas"}, {.name = "mean_radii"}}, {});
  const auto changes = compare_interfaces(before, after).changes;
  REQUIRE(changes.size() == 4);
  CHECK(changes[0].resembles == "mean_radii");
  CHECK(changes[1].resembles == "mean_areas");
  const Manifest other_type = manifest_with({{.name = "mean_areas", .datatype = Datatype::bytes}, {.name = "mean_radii", .datatype = Datatype::bytes}}, {});
  for (const InterfaceChange& change : compare_interfaces(before, other_type).changes) CHECK(change.resembles.empty());
}

TEST_CASE("bumps of SemVer") {
  CHECK(bump_between(version("1.2.3"), version("2.0.0")) == Bump::major);
  CHECK(bump_between(version("1.2.3"), version("1.3.0-rc.1")) == Bump::minor);
  CHECK(bump_between(version("1.2.3-rc.1"), version("1.2.3")) == Bump::patch);
  CHECK(demanded_bump(version("1.0.0"), Bump::major) == Bump::major);
  CHECK(demanded_bump(version("0.3.1"), Bump::major) == Bump::minor);
  CHECK(demanded_bump(version("0.3.1"), Bump::minor) == Bump::patch);
  CHECK(demanded_bump(version("2.0.0-rc.1"), Bump::major) == Bump::patch);
  CHECK(next_version(version("1.2.3"), Bump::major).to_string() == "2.0.0");
  CHECK(next_version(version("0.2.3"), Bump::minor).to_string() == "0.3.0");
  CHECK(next_version(version("1.2.3"), Bump::patch).to_string() == "1.2.4");
}

TEST_CASE("newest_below: pre-releases promise nothing") {
  const std::vector<Version> versions = {version("1.0.0"), version("1.10.0"), version("1.9.0"), version("2.0.0-rc.1"), version("2.0.0")};
  const auto below = [&](std::string_view text) {
    const Version* found = newest_below(versions, version(text));
    return found == nullptr ? "none" : found->to_string();
  };
  CHECK(below("2.0.0") == "1.10.0");
  CHECK(below("2.0.0-rc.2") == "1.10.0");
  CHECK(below("1.9.1") == "1.9.0");
  CHECK(below("3.0.0") == "2.0.0");
  CHECK(below("1.0.0") == "none");
}

TEST_CASE("names of compatibility") {
  for (const auto compatibility : {Compatibility::none, Compatibility::forward, Compatibility::backward, Compatibility::full})
    CHECK(parse_compatibility(to_string(compatibility)) == compatibility);
  CHECK_FALSE(parse_compatibility("backward"));
}
