#include "repository/payload_source.h"

#include "base/real_file_system.h"
#include "contract/repository/scene.h"

namespace mops::repository {
namespace {

std::string pointer_to(std::string_view content) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256(content).hex() + "\nsize " + std::to_string(content.size()) + "\n";
}

std::string shown(const std::vector<model::PayloadFile>& files) {
  std::string text;
  for (const auto& file : files) text += file.digest.hex() + "  " + file.path + (file.executable ? " (executable)\n" : "\n");
  return text;
}

struct Bank : Scene {
  Bank() {
    init("bank");
    write("bank/m/serve", "#!/bin/sh\n");
    std::filesystem::permissions(path("bank/m/serve"), std::filesystem::perms::owner_all);
    write("bank/m/data/a b.csv", "x\n");
    write("bank/m/README.md", "not payload");
    write("bank/m/release-notes/0.1.0.yaml", "not payload");
    write("bank/m/.gitignore", "*.bin\n");
    write("bank/other", "another folder");
  }
  std::unique_ptr<Repository> open() const { return sure(open_repository(path("bank/m"), variables())); }
  RealFileSystem files;
};

TEST_CASE("payload of a commit, and of the work tree beside it") {
  Bank bank;
  bank.write("bank/m/weights", pointer_to("the weights"));
  std::filesystem::create_symlink("../serve", bank.path("bank/m/data/link"));
  std::filesystem::create_symlink("data/link", bank.path("bank/m/chain"));
  bank.commit_all("bank");
  const auto repository = bank.open();
  const ObjectId commit = sure(head_commit(*repository));
  const std::string serve = sha256("#!/bin/sh\n").hex();
  const std::string expected = serve + "  chain (executable)\n" + sha256("x\n").hex() + "  data/a b.csv\n" + serve + "  data/link (executable)\n" + serve +
                               "  serve (executable)\n" + sha256("the weights").hex() + "  weights\n";
  CHECK(shown(sure(payload_files(*repository, commit, "m"))) == expected);
  const auto on_disk = [&] { return sure(work_tree_payload_files(bank.files, bank.path("bank/m"), sure(repository->work_tree_files("m")))); };
  CHECK(shown(on_disk()) == expected);
  bank.write("bank/m/weights", "the weights");
  bank.write("bank/m/ignored.bin", "");
  CHECK(shown(on_disk()) == expected);
  bank.write("bank/m/new", "");
  CHECK(on_disk().size() == 6);

  const Path out = bank.path("out");
  sure(extract_payload(*repository, commit, "m", out / "first", bank.files));
  CHECK(bank.read("out/first/weights") == "the weights");
  CHECK(bank.read("out/first/chain") == "#!/bin/sh\n");
  CHECK(!std::filesystem::is_symlink(out / "first/chain"));
  CHECK(sure(bank.files.status(out / "first/serve")).executable);
  CHECK(!std::filesystem::exists(out / "first/README.md"));
  CHECK(!std::filesystem::exists(out / "first/new"));
  CHECK(failure(extract_payload(*repository, commit, "m", out / "first", bank.files)).message == "`" + (out / "first").string() + "` is not empty");

  bank.write("bank/m/weights", "other bytes");
  const Error away = failure(extract_payload(*repository, commit, "m", out / "second", bank.files));
  CHECK(away.code == ErrorCode::refused);
  CHECK(away.message == "the content of `weights` is not on this machine: git has only its Git LFS pointer");
  CHECK(away.help == "type `git lfs pull`");
  const std::string oid = sha256("the weights").hex();
  bank.write("bank/.git/lfs/objects/" + oid.substr(0, 2) + "/" + oid.substr(2, 2) + "/" + oid, "the weights");
  sure(extract_payload(*repository, commit, "m", out / "third", bank.files));
  CHECK(bank.read("out/third/weights") == "the weights");
}

TEST_CASE("the manifest counts by what it means") {
  Bank bank;
  bank.write("bank/m/mops.yaml", "format: mops/v1\nname: m\ndescription: one\n");
  bank.commit_all("bank");
  const auto repository = bank.open();
  const auto first = sure(payload_files(*repository, sure(head_commit(*repository)), "m"));
  bank.write("bank/m/mops.yaml", "# a comment\nname: m\nformat: \"mops/v1\"\ndescription: two\n");
  bank.commit_all("bank");
  const auto second = sure(payload_files(*repository, sure(head_commit(*repository)), "m"));
  CHECK(shown(first) == shown(second));
  CHECK(shown(first).find(sha256("{\"format\":\"mops/v1\",\"name\":\"m\"}").hex() + "  mops.yaml") != std::string::npos);
  bank.write("bank/m/mops.yaml", "name: m\nname: n\n");
  bank.commit_all("bank");
  const Error error = failure(payload_files(*repository, sure(head_commit(*repository)), "m"));
  CHECK(error.code == ErrorCode::invalid);
  CHECK(error.message.starts_with("mops.yaml:2:1: "));
}

TEST_CASE("links that lead to no file of the folder") {
  Bank bank;
  const auto refused = [&](const char* target) {
    std::filesystem::create_symlink(target, bank.path("bank/m/link"));
    bank.commit_all("bank");
    const auto repository = bank.open();
    const Error by_commit = failure(payload_files(*repository, sure(head_commit(*repository)), "m"));
    const Error on_disk = failure(work_tree_payload_files(bank.files, bank.path("bank/m"), std::vector<std::string>{"link"}));
    CHECK(by_commit.code == ErrorCode::invalid);
    CHECK(by_commit.message == on_disk.message);
    return by_commit.message;
  };
  const std::string nothing = "the symbolic link `link` does not lead to a file of the model's folder";
  SUBCASE("out") { CHECK(refused("../other") == "the symbolic link `link` leads out of the model's folder, to `../other`"); }
  SUBCASE("absolute") { CHECK(refused("/etc/passwd") == "the symbolic link `link` leads out of the model's folder, to `/etc/passwd`"); }
  SUBCASE("nothing") { CHECK(refused("absent") == nothing); }
  SUBCASE("a folder") { CHECK(refused("data") == nothing); }
  SUBCASE("itself") { CHECK(refused("link") == nothing); }
}

TEST_CASE("a submodule is no payload") {
  Bank bank;
  bank.init("part");
  bank.commit_all("part");
  bank.git("bank", {"submodule", "--quiet", "add", bank.path("part").string(), "m/part"});
  bank.commit_all("bank");
  const auto repository = bank.open();
  CHECK(failure(payload_files(*repository, sure(head_commit(*repository)), "m")).message ==
        "`part` is a git submodule: its files are not in this repository");
}

/// A commit of a tree whose one entry no git program would check out.
class Hostile final : public Repository {
 public:
  explicit Hostile(std::string path) : path_(std::move(path)) {}
  const Place& place() const override { return place_; }
  Result<Head> head() override { return Head{}; }
  Result<ObjectId> resolve(std::string_view) override { return ObjectId{}; }
  Result<std::vector<TreeFile>> tree_files(const ObjectId&, std::string_view) override { return std::vector<TreeFile>{{.path = path_, .blob = {}}}; }
  Result<void> read_blobs(std::span<const ObjectId>, const BlobVisitor& visit) override { return visit(0, "content"); }
  Result<WorkTreeStatus> work_tree_status(std::string_view) override { return WorkTreeStatus{}; }
  Result<std::vector<std::string>> work_tree_files(std::string_view) override { return std::vector<std::string>{}; }
  Result<std::vector<Tag>> tags(std::string_view) override { return std::vector<Tag>{}; }
  Result<std::vector<std::string>> tag_names(std::string_view) override { return std::vector<std::string>{}; }
  Result<History> history(const CommitQuery&) override { return History{}; }
  Result<TagCreation> create_annotated_tag(std::string_view, const ObjectId&, std::string_view) override { return TagCreation::created; }
  Result<ObjectId> root_commit() override { return ObjectId{}; }
  Result<std::vector<Remote>> remotes() override { return std::vector<Remote>{}; }
  Result<bool> is_ignored(std::string_view, std::string_view) override { return false; }

 private:
  Place place_;
  std::string path_;
};

TEST_CASE("nothing is written outside the destination") {
  Scene scene;
  RealFileSystem files;
  for (const char* path : {"../out", "a/../../out", "/out", "a//b", "./a", "a/.GIT/config", ""}) {
    Hostile repository(path);
    const Error error = failure(extract_payload(repository, {}, "", scene.path("in"), files));
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.message == std::string("the path `") + path + "` leads out of the model's folder, or is git's own");
  }
  CHECK(!std::filesystem::exists(scene.path("in")));
}

TEST_CASE("artifacts beside git are fetched when they are the locked ones") {
  Bank bank;
  const auto lock = [](std::string path, std::string_view content) {
    return model::Lock{.artifacts = {{.path = std::move(path), .sha256 = sha256(content), .size = content.size()}}};
  };
  const auto fetch = [&](const model::Lock& locked) { return fetch_artifacts(locked, bank.path("bank/m"), bank.path("out"), bank.files); };
  bank.write("bank/m/model/w.bin", "weights");
  sure(fetch(lock("model/w.bin", "weights")));
  CHECK(bank.read("out/model/w.bin") == "weights");
  std::filesystem::remove(bank.path("bank/m/model/w.bin"));
  sure(fetch(lock("model/w.bin", "weights")));

  CHECK(failure(fetch(lock("absent", "x"))).message ==
        "the artifact `absent` of `mops.lock` is neither in git nor at `" + bank.path("bank/m/absent").string() + "`");
  bank.write("bank/m/other", "found");
  const Error other = failure(fetch(lock("other", "wanted")));
  CHECK(other.code == ErrorCode::refused);
  CHECK(other.message == "the artifact `other` has 5 bytes with sha256 " + sha256("found").hex() + ", but `mops.lock` names 6 bytes with sha256 " +
                             sha256("wanted").hex());
  bank.write("bank/m/pointer", pointer_to("wanted"));
  CHECK(failure(fetch(lock("pointer", "wanted"))).help == "type `git lfs pull`: it is a Git LFS pointer");
  CHECK(failure(fetch(lock("../bank/other", "x"))).code == ErrorCode::invalid);
}

}  // namespace
}  // namespace mops::repository
