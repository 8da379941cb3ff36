#include "tensor/table.h"

#include "base/text.h"
#include "tensor/csv_table.h"
#include "tensor/json_lines.h"
#include "tensor/npy_table.h"

#include <algorithm>

namespace mops::tensor {

Result<size_t> find_column(const std::string& path, const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  std::string help;
  if (names.size() == 1 && names[0].find_first_of(";\t|") != std::string::npos) {
    help = "its header is one field; columns are separated by commas";
  } else if (const auto near = nearest(name, names)) {
    help = fmt::format("did you mean `{}`?", *near);
  } else {
    help = fmt::format("its columns are {}", quoted_list(names, "and"));
  }
  return fail(ErrorCode::not_found, fmt::format("{} has no column `{}`", path, name), std::move(help));
}

Result<std::unique_ptr<Table>> open_table(FileSystem& files, const Path& path, std::string shown) {
  if (path.extension() == ".npy") {
    MOPS_ASSIGN(MappedFile file, MappedFile::open(path));
    MOPS_ASSIGN(NpyTable table, NpyTable::parse(std::move(shown), std::move(file)));
    return std::make_unique<NpyTable>(std::move(table));
  }
  MOPS_ASSIGN(std::string text, files.read(path));
  if (text.starts_with(k_npy_magic)) return fail(ErrorCode::invalid, fmt::format("{}: this is a NumPy array", shown), "let its name end in `.npy`");
  for (const auto& [magic, what] : {std::pair<std::string_view, std::string_view>("PAR1", "Parquet"), {"PK\x03\x04", "a zip archive (`.npz`, `.xlsx`)"}, {"\x1F\x8B", "gzip"}})
    if (text.starts_with(magic)) return fail(ErrorCode::invalid, fmt::format("{}: this is {}", shown, what), "expected CSV, JSON Lines or `.npy`");
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') {
    MOPS_ASSIGN(JsonLines table, JsonLines::parse(std::move(shown), text));
    return std::make_unique<JsonLines>(std::move(table));
  }
  MOPS_ASSIGN(Dataset dataset, Dataset::parse(std::move(shown), std::move(text)));
  return std::make_unique<CsvTable>(std::move(dataset));
}

}  // namespace mops::tensor
