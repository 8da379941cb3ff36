#include "repository/repository.h"

#include "contract/repository/scene.h"
#include "fakes/skipped.h"
#include "repository/git_program_repository.h"
#include "repository/git_repository.h"

#include <algorithm>

namespace mops::repository {
namespace {

using Strings = std::vector<std::string>;

struct Libgit2 {
  static Result<std::unique_ptr<Repository>> open(const Path& folder, const Variables& variables) {
    auto opened = open_git_repository(folder, variables);
    if (opened) return *std::move(opened);
    return fail(std::move(opened).error().error);
  }
};

struct GitProgram {
  static Result<std::unique_ptr<Repository>> open(const Path& folder, const Variables& variables) {
    return open_git_program_repository(folder, variables);
  }
};

struct Either {
  static Result<std::unique_ptr<Repository>> open(const Path& folder, const Variables& variables) { return open_repository(folder, variables); }
};

#define FOR_EACH_IMPLEMENTATION(name) TEST_CASE_TEMPLATE(name, Implementation, Libgit2, GitProgram, Either)

Strings paths_of(const std::vector<TreeFile>& files) {
  Strings paths;
  for (const TreeFile& file : files) paths.push_back(file.path);
  return paths;
}

constexpr const char* k_no_object = "1234567890123456789012345678901234567890";

FOR_EACH_IMPLEMENTATION("a repository is found upwards from a folder of it") {
  const Scene scene;
  scene.init("bank");
  scene.write("bank/models/churn/mops.yaml", "name: churn\n");
  const std::string commit = scene.commit_all("bank");
  const auto repository = sure(Implementation::open(scene.path("bank/models/churn"), scene.variables()));
  CHECK(repository->place().root == scene.path("bank"));
  CHECK(repository->place().git_folder == scene.path("bank/.git"));
  CHECK(repository->place().folder == "models/churn");
  const Head head = sure(repository->head());
  CHECK(head.commit == ObjectId{commit});
  CHECK(head.branch == "main");
  CHECK(sure(head_commit(*repository)) == ObjectId{commit});

  CHECK(sure(Implementation::open(scene.path("bank"), scene.variables()))->place().folder.empty());
  std::filesystem::create_symlink(scene.path("bank/models"), scene.path("link"));
  CHECK(sure(Implementation::open(scene.path("link/churn"), scene.variables()))->place().folder == "models/churn");
}

FOR_EACH_IMPLEMENTATION("variables that a hook is started with do not lead to another repository") {
  Scene scene;
  scene.init("one");
  scene.init("two");
  const std::string commit = scene.commit_all("one");
  scene.commit_all("two", "another");
  scene.variables().set("GIT_DIR", scene.path("two/.git").string());
  scene.variables().set("GIT_INDEX_FILE", scene.path("two/.git/index").string());
  CHECK(sure(sure(Implementation::open(scene.path("one"), scene.variables()))->head()).commit == ObjectId{commit});
}

FOR_EACH_IMPLEMENTATION("what is no repository says what to type") {
  const Scene scene;
  SUBCASE("no folder") {
    const Error error = failure(Implementation::open(scene.path("nowhere"), scene.variables()));
    CHECK(error.code == ErrorCode::not_found);
    CHECK(error.message == "there is no folder `" + scene.path("nowhere").string() + "`");
  }
  SUBCASE("a bare folder") {
    std::filesystem::create_directories(scene.path("plain"));
    const Error error = failure(Implementation::open(scene.path("plain"), scene.variables()));
    CHECK(error.code == ErrorCode::not_found);
    CHECK(error.message == "`" + scene.path("plain").string() + "` is not in a git repository");
    CHECK(error.help == "type `git init` in it, then `git add --all` and `git commit -m \"first version\"`");
  }
  SUBCASE("nothing committed yet") {
    scene.init("empty");
    const auto repository = sure(Implementation::open(scene.path("empty"), scene.variables()));
    const Head head = sure(repository->head());
    CHECK(!head.commit);
    CHECK(head.branch == "main");
    const Error error = failure(head_commit(*repository));
    CHECK(error.code == ErrorCode::refused);
    CHECK(error.message == "nothing has been committed yet");
    CHECK(error.help == "type `git add --all`, then `git commit -m \"first version\"`");
    scene.write("empty/a", "a");
    CHECK(sure(repository->work_tree_status("")).untracked == Strings{"a"});
    CHECK(sure(repository->tags("")).empty());
    CHECK(failure(repository->root_commit()).message == "nothing has been committed yet");
  }
  SUBCASE("a repository without files") {
    scene.init("bare", {"--bare"});
    const Error error = failure(Implementation::open(scene.path("bare"), scene.variables()));
    CHECK(error.code == ErrorCode::usage);
    CHECK(error.message == "`" + scene.path("bare").string() + "` is a bare git repository: it has no files to work on");
  }
  SUBCASE("git's own folder") {
    scene.init("own");
    CHECK(failure(Implementation::open(scene.path("own/.git/refs"), scene.variables())).code == ErrorCode::not_found);
  }
}

FOR_EACH_IMPLEMENTATION("files of a commit") {
  const Scene scene;
  scene.init("bank");
  scene.write("bank/a/z", "");
  scene.write("bank/a.txt", "dotted before the folder");
  scene.write("bank/a/with space", "1");
  scene.write("bank/a/line\nbreak", "2");
  scene.write("bank/a/gr\xc3\xbc\xc3\x9f \xe6\xa8\xa1", "3");
  scene.write("bank/a/tab\tand\"quote\\", "4");
  scene.write("bank/a/run.sh", "#!/bin/sh\n");
  std::filesystem::permissions(scene.path("bank/a/run.sh"), std::filesystem::perms::owner_all);
  std::filesystem::create_symlink("with space", scene.path("bank/a/link"));
  scene.commit_all("bank");
  scene.write("bank/a/z", "changed in the work tree only");
  const auto repository = sure(Implementation::open(scene.path("bank/a"), scene.variables()));
  const ObjectId commit = sure(head_commit(*repository));

  const auto files = sure(repository->tree_files(commit, "a"));
  CHECK(paths_of(files) == Strings{"gr\xc3\xbc\xc3\x9f \xe6\xa8\xa1", "line\nbreak", "link", "run.sh", "tab\tand\"quote\\", "with space", "z"});
  CHECK(std::vector{files[2].mode, files[3].mode, files[6].mode} == std::vector{FileMode::symlink, FileMode::executable, FileMode::file});
  CHECK(sure(repository->read_blob(files[1].blob)) == "2");
  CHECK(sure(repository->read_blob(files[2].blob)) == "with space");
  CHECK(sure(repository->read_blob(files[6].blob)).empty());
  CHECK(sure(repository->blob_size(files[2].blob)) == 10);
  CHECK(sure(repository->blob_size(files[6].blob)) == 0);
  CHECK_FALSE(repository->blob_size({k_no_object}));

  const Strings all = paths_of(sure(repository->tree_files(commit, "")));
  CHECK(all.size() == 8);
  CHECK(all.front() == "a.txt");
  CHECK(std::is_sorted(all.begin(), all.end()));

  for (const char* absent : {"b", "a.txt", "a/b"}) {
    const Error error = failure(repository->tree_files(commit, absent));
    CHECK(error.code == ErrorCode::not_found);
    CHECK(error.message == "commit `" + commit.hex.substr(0, 10) + "` has no folder `" + absent + "`");
    CHECK(error.help == std::string("type `git add ") + absent + "`, then `git commit`");
  }
}

FOR_EACH_IMPLEMENTATION("blobs come in order, whatever is in them") {
  const Scene scene;
  scene.init("bank");
  const std::string binary("\0\n\xff blob 12\nmissing\n", 20);
  std::vector<std::string> contents = {binary, "", "no line break", "\n", std::string(3'000'000, 'x')};
  for (int i = 0; i < 100; ++i) contents.push_back("number " + std::to_string(i));
  for (size_t i = 0; i < contents.size(); ++i) scene.write("bank/" + std::to_string(1000 + i), contents[i]);
  scene.commit_all("bank");
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  std::vector<ObjectId> ids;
  for (const TreeFile& file : sure(repository->tree_files(sure(head_commit(*repository)), ""))) ids.push_back(file.blob);
  std::vector<std::string> read;
  sure(repository->read_blobs(ids, [&](size_t index, std::string_view bytes) -> Result<void> {
    CHECK(index == read.size());
    read.emplace_back(bytes);
    return {};
  }));
  CHECK(read == contents);

  int visits = 0;
  const auto stopped = repository->read_blobs(ids, [&](size_t, std::string_view) -> Result<void> {
    ++visits;
    return fail(ErrorCode::refused, "enough");
  });
  CHECK(failure(stopped).message == "enough");
  CHECK(visits == 1);
  const Error error = failure(repository->read_blob({k_no_object}));
  CHECK(error.code == ErrorCode::invalid);
  CHECK(error.message == "the git object `1234567890` is missing or damaged");
}

FOR_EACH_IMPLEMENTATION("revisions") {
  const Scene scene;
  scene.init("bank");
  const std::string first = scene.commit_all("bank", "first");
  scene.git("bank", {"tag", "-a", "churn@v1.0.0", "-m", "one"});
  scene.git("bank", {"tag", "-a", "churn#dev#1", "-m", "stage"});
  const std::string second = scene.commit_all("bank", "second");
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  for (const std::string& revision : Strings{"churn@v1.0.0", "churn#dev#1", "HEAD~1", first, first.substr(0, 12), "refs/tags/churn@v1.0.0"})
    CHECK(sure(repository->resolve(revision)) == ObjectId{first});
  CHECK(sure(repository->resolve("main")) == ObjectId{second});
  for (const char* absent : {"churn@v9.0.0", k_no_object, "", "HEAD^{tree}", "--help"}) {
    const Error error = failure(repository->resolve(absent));
    CHECK(error.code == ErrorCode::not_found);
    CHECK(error.message == std::string("there is no revision `") + absent + "` in this repository");
  }
}

FOR_EACH_IMPLEMENTATION("a detached HEAD has no branch") {
  const Scene scene;
  scene.init("bank");
  const std::string commit = scene.commit_all("bank");
  scene.git("bank", {"checkout", "--quiet", "--detach"});
  const Head head = sure(sure(Implementation::open(scene.path("bank"), scene.variables()))->head());
  CHECK(head.is_detached());
  CHECK(head.commit == ObjectId{commit});
}

FOR_EACH_IMPLEMENTATION("the work tree beside HEAD") {
  const Scene scene;
  scene.init("bank");
  for (const char* file : {"m/kept", "m/changed", "m/staged", "m/deleted", "m/de moved", "mm/other", "m/[a]*"}) scene.write(std::string("bank/") + file, "1");
  scene.write("bank/.gitignore", "*.log\ncache/\n");
  scene.commit_all("bank");
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  CHECK(sure(repository->work_tree_status("")).is_clean());

  scene.write("bank/m/changed", "22");
  scene.write("bank/m/staged", "22");
  scene.write("bank/m/new staged", "22");
  scene.git("bank", {"add", "m/staged", "m/new staged"});
  std::filesystem::remove(scene.path("bank/m/deleted"));
  scene.git("bank", {"mv", "m/de moved", "m/moved"});
  scene.write("bank/m/sub/untracked \xc3\xbc", "");
  scene.write("bank/m/x.log", "");
  scene.write("bank/m/cache/x", "");
  scene.write("bank/mm/untracked", "");
  const WorkTreeStatus status = sure(repository->work_tree_status("m"));
  CHECK(status.changed == Strings{"changed", "de moved", "deleted", "moved", "new staged", "staged"});
  CHECK(status.untracked == Strings{"sub/untracked \xc3\xbc"});
  CHECK(sure(repository->work_tree_status("")).untracked == Strings{"m/sub/untracked \xc3\xbc", "mm/untracked"});
  CHECK(sure(repository->work_tree_status("m/[a]*")).is_clean());
  CHECK(sure(repository->work_tree_files("m")) == Strings{"[a]*", "changed", "kept", "moved", "new staged", "staged", "sub/untracked \xc3\xbc"});
  CHECK(sure(repository->work_tree_files("absent")).empty());
}

FOR_EACH_IMPLEMENTATION("two that share an index see the same") {
  const Scene scene;
  scene.init("bank");
  for (const char* file : {"m/kept", "m/changed", "m/deleted", "n/other"}) scene.write(std::string("bank/") + file, "1");
  scene.commit_all("bank");
  scene.write("bank/m/changed", "22");
  scene.write("bank/m/new", "");
  std::filesystem::remove(scene.path("bank/m/deleted"));
  auto first = sure(Implementation::open(scene.path("bank"), scene.variables()));
  const auto second = sure(Implementation::open(scene.path("bank"), scene.variables()));
  second->use(first->index());
  const auto look = [](Repository& repository) {
    const WorkTreeStatus status = sure(repository.work_tree_status("m"));
    CHECK(status.changed == Strings{"changed", "deleted"});
    CHECK(status.untracked == Strings{"new"});
    CHECK(sure(repository.work_tree_files("m")) == Strings{"changed", "kept", "new"});
  };
  look(*first);
  look(*second);
  first.reset();
  look(*second);
}

FOR_EACH_IMPLEMENTATION("an index that is shared stays as it was read") {
  const Scene scene;
  scene.init("bank");
  scene.write("bank/kept", "1");
  scene.commit_all("bank");
  scene.write("bank/new", "");
  const auto first = sure(Implementation::open(scene.path("bank"), scene.variables()));
  const auto second = sure(Implementation::open(scene.path("bank"), scene.variables()));
  const auto shared = first->index();
  second->use(shared);
  scene.git("bank", {"add", "new"});
  // To read the newer one would change it under the eyes of the other's thread.
  for (Repository* repository : {first.get(), second.get()})
    CHECK(sure(repository->work_tree_status("")).untracked == (shared ? Strings{"new"} : Strings{}));
}

FOR_EACH_IMPLEMENTATION("a filtered file that was only touched has not changed") {
  const Scene scene;
  scene.init("bank");
  scene.git("bank", {"config", "filter.shout.clean", "tr a-z A-Z"});
  scene.git("bank", {"config", "filter.shout.smudge", "tr A-Z a-z"});
  scene.write("bank/.gitattributes", "*.txt filter=shout\n");
  scene.write("bank/a.txt", "quiet");
  scene.commit_all("bank");
  scene.write("bank/a.txt", "quiet");
  std::filesystem::last_write_time(scene.path("bank/a.txt"), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  CHECK(sure(sure(Implementation::open(scene.path("bank"), scene.variables()))->work_tree_status("")).is_clean());
}

FOR_EACH_IMPLEMENTATION("annotated tags") {
  Scene scene;
  scene.init("bank");
  const ObjectId first{scene.commit_all("bank", "first")};
  const ObjectId second{scene.commit_all("bank", "second")};
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));

  const std::string message = "churn 1.0.0\n\n# not a comment\n\nPayload: abc";
  CHECK(sure(repository->create_annotated_tag("churn@v1.0.0", first, message)) == TagCreation::created);
  CHECK(sure(repository->create_annotated_tag("churn@v1.0.0", first, "another message")) == TagCreation::already_there);
  scene.git("bank", {"tag", "light", second.hex});
  scene.git("bank", {"tag", "-a", "nested", "-m", "of a tag", "churn@v1.0.0"});
  scene.git("bank", {"tag", "-a", "tree", "-m", "of a tree", "HEAD^{tree}"});
  scene.git("bank", {"pack-refs", "--all"});
  scene.git("bank", {"tag", "-a", "churn#dev/x#1", "-m", "stage", second.hex});

  CHECK(scene.git("bank", {"for-each-ref", "--format=%(contents)|%(taggername) %(taggeremail)|%(object)", "refs/tags/churn@v1.0.0"}) ==
        message + "\n|Ada <ada@example.com>|" + first.hex);
  const std::vector<Tag> tags = sure(repository->tags("churn"));
  REQUIRE(tags.size() == 2);
  CHECK(tags[0].name == "churn#dev/x#1");
  CHECK(tags[0].commit == second);
  CHECK(tags[1].name == "churn@v1.0.0");
  CHECK(tags[1].commit == first);
  CHECK(tags[1].message == message + "\n");
  CHECK(tags[1].tagger_name == "Ada");
  CHECK(tags[1].tagger_email == "ada@example.com");
  const std::string seconds = scene.git("bank", {"for-each-ref", "--format=%(taggerdate:unix)", "refs/tags/churn@v1.0.0"});
  CHECK(tags[1].time == SystemTime(std::chrono::seconds(std::stoll(seconds))));
  const std::vector<Tag> all = sure(repository->tags(""));
  REQUIRE(all.size() == 3);
  CHECK(all[2].name == "nested");
  CHECK(all[2].commit == first);

  const Error taken = failure(repository->create_annotated_tag("churn@v1.0.0", second, message));
  CHECK(taken.code == ErrorCode::refused);
  CHECK(taken.message == "the tag `churn@v1.0.0` already exists on commit `" + first.hex.substr(0, 10) + "`, not on `" + second.hex.substr(0, 10) + "`");
  const Error light = failure(repository->create_annotated_tag("light", second, message));
  CHECK(light.message == "the tag `light` already exists without a message (a lightweight tag)");
  for (const char* bad : {"two words", "a..b", "", "-d", "x.lock", "a~1"}) {
    const Error error = failure(repository->create_annotated_tag(bad, second, message));
    CHECK(error.code == ErrorCode::usage);
    CHECK(error.message == std::string("git does not allow a tag with the name `") + bad + "`");
  }
}

FOR_EACH_IMPLEMENTATION("names of tags, packed, loose, without annotation and in folders") {
  Scene scene;
  scene.init("bank");
  scene.commit_all("bank", "first");
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  CHECK(sure(repository->tag_names("")).empty());
  for (const char* name : {"churn@v1.0.0", "churn@v1.10.0", "dir/churn@v1.0.0"}) scene.git("bank", {"tag", "-a", name, "-m", name});
  scene.git("bank", {"pack-refs", "--all"});
  for (const char* name : {"churn@v1.2.0", "churnlike@v1.0.0"}) scene.git("bank", {"tag", name});
  CHECK(sure(repository->tag_names("churn@v")) == Strings{"churn@v1.0.0", "churn@v1.10.0", "churn@v1.2.0"});
  CHECK(sure(repository->tag_names("dir/")) == Strings{"dir/churn@v1.0.0"});
  CHECK(sure(repository->tag_names("nobody")).empty());
  CHECK(sure(repository->tag_names("")).size() == 5);
}

FOR_EACH_IMPLEMENTATION("the history of a folder") {
  Scene scene;
  scene.init("bank");
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  const auto write_and_commit = [&](const std::string& path, const std::string& message) {
    scene.write("bank/" + path, message);
    return ObjectId{scene.commit_all("bank", message)};
  };
  const ObjectId first = write_and_commit("m/a", "feat: one\n\nBREAKING CHANGE: \xc3\xbc");
  write_and_commit("other/a", "elsewhere");
  write_and_commit("m/evidence/x.json", "only evidence");
  const ObjectId fork = write_and_commit("m/evidence/x.json", "commit ffff");
  scene.git("bank", {"checkout", "--quiet", "-b", "side"});
  const ObjectId side = write_and_commit("m/b", "on a side");
  scene.git("bank", {"checkout", "--quiet", "main"});
  const ObjectId on_main = write_and_commit("m/a", "on main");
  scene.git("bank", {"merge", "--quiet", "--no-ff", "-m", "a merge", "side"});
  const ObjectId executable = [&] {
    scene.git("bank", {"update-index", "--chmod=+x", "m/a"});
    scene.git("bank", {"commit", "--quiet", "-m", "mode only"});
    return ObjectId{scene.git("bank", {"rev-parse", "HEAD"})};
  }();
  const auto names = [&](const CommitQuery& query) {
    Strings out;
    for (const Commit& commit : sure(repository->history(query)).commits) out.push_back(commit.id.hex);
    return out;
  };
  const Strings all = names({.from = executable, .folder = "m", .passed_over = {"evidence"}});
  REQUIRE(all.size() == 4);
  CHECK(all[0] == first.hex);
  CHECK(all[3] == executable.hex);
  CHECK(Strings{std::min(all[1], all[2]), std::max(all[1], all[2])} == Strings{std::min(side.hex, on_main.hex), std::max(side.hex, on_main.hex)});
  CHECK(names({.from = executable, .folder = "m"}).size() == 6);
  CHECK(names({.from = executable}).size() == 7);
  CHECK(names({.from = executable, .without = executable, .folder = "m"}).empty());
  CHECK(names({.from = executable, .without = fork, .folder = "m"}).size() == 3);
  CHECK(names({.from = fork, .folder = "m/evidence"}).size() == 2);
  CHECK(names({.from = executable, .folder = "nothing"}).empty());
  CHECK(sure(repository->history({.from = first, .folder = "m"})).commits[0].message == "feat: one\n\nBREAKING CHANGE: \xc3\xbc\n");
  CHECK_FALSE(sure(repository->history({.from = executable, .folder = "m"})).is_cut_off);
}

FOR_EACH_IMPLEMENTATION("the history of a shallow clone") {
  Scene scene;
  scene.init("bank");
  for (const char* name : {"1", "2", "3", "4"}) {
    scene.write("bank/file", name);
    scene.commit_all("bank", name);
  }
  scene.git("bank", {"tag", "-a", "m@v1.0.0", "-m", "one", "HEAD~1"});
  scene.git("", {"clone", "--quiet", "--depth", "3", "file://" + scene.path("bank").string(), "clone"});
  const auto repository = sure(Implementation::open(scene.path("clone"), scene.variables()));
  const ObjectId head = sure(head_commit(*repository));
  const History whole = sure(repository->history({.from = head}));
  CHECK(whole.commits.size() == 3);
  CHECK(whole.is_cut_off);
  const History since = sure(repository->history({.from = head, .without = sure(repository->resolve("HEAD~1"))}));
  CHECK(since.commits.size() == 1);
  CHECK_FALSE(since.is_cut_off);
}

FOR_EACH_IMPLEMENTATION("a tag needs to know who writes it") {
  Scene scene;
  scene.init("bank");
  const ObjectId commit{scene.commit_all("bank")};
  scene.settings("[user]\n\tname = Ada\n");
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  const Error error = failure(repository->create_annotated_tag("v1", commit, "one"));
  CHECK(error.code == ErrorCode::usage);
  CHECK(error.message == "git does not know your address, which stands in every tag");
  CHECK(error.help == "type `git config --global user.email \"you@example.com\"`");
  scene.variables().set("GIT_COMMITTER_EMAIL", "ci@example.com");
  const auto in_ci = sure(Implementation::open(scene.path("bank"), scene.variables()));
  CHECK(sure(in_ci->create_annotated_tag("v1", commit, "one")) == TagCreation::created);
  CHECK(sure(in_ci->tags("v1")).at(0).tagger_email == "ci@example.com");
}

FOR_EACH_IMPLEMENTATION("ignored files, there or not") {
  const Scene scene;
  scene.init("bank");
  scene.write("bank/models/churn/.gitignore", "data/*.bin\n");
  scene.write("bank/.gitignore", "/secret\n");
  scene.commit_all("bank", "begin");
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  CHECK(sure(repository->is_ignored("models/churn", "data/large.bin")));
  CHECK_FALSE(sure(repository->is_ignored("models/churn", "data/large.csv")));
  CHECK(sure(repository->is_ignored("", "secret")));
  CHECK_FALSE(sure(repository->is_ignored("models/churn", "secret")));
}

FOR_EACH_IMPLEMENTATION("root commit and remotes") {
  const Scene scene;
  scene.init("bank");
  const std::string root = scene.commit_all("bank", "root");
  scene.git("bank", {"checkout", "--quiet", "--orphan", "other"});
  scene.commit_all("bank", "another root");
  scene.git("bank", {"checkout", "--quiet", "main"});
  scene.git("bank", {"merge", "--quiet", "--allow-unrelated-histories", "-m", "merged", "other"});
  const auto repository = sure(Implementation::open(scene.path("bank"), scene.variables()));
  CHECK(sure(repository->root_commit()) == ObjectId{root});
  CHECK(sure(repository->remotes()).empty());
  scene.git("bank", {"remote", "add", "upstream", "https://example.com/x.git"});
  scene.git("bank", {"remote", "add", "origin", "../a path"});
  const auto remotes = sure(repository->remotes());
  REQUIRE(remotes.size() == 2);
  CHECK(remotes[0].name == "origin");
  CHECK(remotes[0].url == "../a path");
  CHECK(remotes[1].name == "upstream");
}

FOR_EACH_IMPLEMENTATION("a shallow clone reads its one commit") {
  const Scene scene;
  scene.init("bank");
  scene.commit_all("bank", "first");
  scene.write("bank/m/a", "content");
  const std::string commit = scene.commit_all("bank", "second");
  scene.git("", {"clone", "--quiet", "--depth", "1", "file://" + scene.path("bank").string(), "clone"});
  const auto repository = sure(Implementation::open(scene.path("clone/m"), scene.variables()));
  const auto files = sure(repository->tree_files(ObjectId{commit}, "m"));
  CHECK(paths_of(files) == Strings{"a"});
  CHECK(sure(repository->read_blob(files[0].blob)) == "content");
  CHECK(sure(repository->work_tree_status("m")).is_clean());
  const Error error = failure(repository->root_commit());
  CHECK(error.code == ErrorCode::refused);
  CHECK(error.message == "this clone is shallow: its first commit is not here");
  CHECK(error.help == "type `git fetch --unshallow`");
}

FOR_EACH_IMPLEMENTATION("a linked work tree has its own HEAD and shares the rest") {
  const Scene scene;
  scene.init("bank");
  scene.write("bank/m/a", "1");
  const std::string commit = scene.commit_all("bank");
  scene.git("bank", {"worktree", "add", "--quiet", "-b", "trial", "../trial"});
  scene.commit_all("bank", "moves on");
  const auto repository = sure(Implementation::open(scene.path("trial/m"), scene.variables()));
  CHECK(repository->place().root == scene.path("trial"));
  CHECK(repository->place().git_folder == scene.path("bank/.git"));
  CHECK(repository->place().folder == "m");
  CHECK(sure(repository->head()).branch == "trial");
  CHECK(sure(repository->head()).commit == ObjectId{commit});
  CHECK(paths_of(sure(repository->tree_files(ObjectId{commit}, "m"))) == Strings{"a"});
  scene.write("trial/m/b", "");
  CHECK(sure(repository->work_tree_status("m")).untracked == Strings{"b"});
}

FOR_EACH_IMPLEMENTATION("a sparse checkout is clean, and its commit is whole") {
  const Scene scene;
  scene.init("bank");
  for (const char* file : {"a/mops.yaml", "b/mops.yaml", "c/mops.yaml", "c/data/x"}) scene.write(std::string("bank/") + file, file);
  scene.commit_all("bank");
  SUBCASE("full index") { scene.git("bank", {"sparse-checkout", "set", "--no-sparse-index", "a"}); }
  SUBCASE("sparse index") { scene.git("bank", {"sparse-checkout", "set", "--sparse-index", "a"}); }
  REQUIRE(!std::filesystem::exists(scene.path("bank/c")));
  const auto repository = sure(Implementation::open(scene.path("bank/a"), scene.variables()));
  const ObjectId commit = sure(head_commit(*repository));
  CHECK(paths_of(sure(repository->tree_files(commit, "c"))) == Strings{"data/x", "mops.yaml"});
  CHECK(sure(repository->work_tree_status("")).is_clean());
  CHECK(sure(repository->work_tree_status("c")).is_clean());
  CHECK(sure(repository->work_tree_files("")) == Strings{"a/mops.yaml"});
}

FOR_EACH_IMPLEMENTATION("a monorepo with three models") {
  const Scene scene;
  scene.init("bank");
  for (const char* model : {"churn", "churn-2", "fraud"}) scene.write(std::string("bank/models/") + model + "/mops.yaml", model);
  const ObjectId commit{scene.commit_all("bank")};
  for (const std::string& model : Strings{"churn", "churn-2", "fraud"}) {
    const auto repository = sure(Implementation::open(scene.path("bank/models/" + model), scene.variables()));
    CHECK(repository->place().folder == "models/" + model);
    const auto files = sure(repository->tree_files(commit, repository->place().folder));
    REQUIRE(paths_of(files) == Strings{"mops.yaml"});
    CHECK(sure(repository->read_blob(files[0].blob)) == model);
    scene.write("bank/models/churn/new", "");
    CHECK(sure(repository->work_tree_status(repository->place().folder)).is_clean() == (model != "churn"));
  }
}

const bool k_is_not_root = fakes::skipped_if(::geteuid() != 0, "only root can give a folder away");

FOR_EACH_IMPLEMENTATION("another user's repository says how to trust it" * doctest::skip(k_is_not_root)) {
  const Scene scene;
  scene.init("their bank");
  scene.commit_all("their bank");
  const Path root = scene.path("their bank");
  REQUIRE(::lchown(root.c_str(), 12345, 12345) == 0);
  REQUIRE(::lchown((root / ".git").c_str(), 12345, 12345) == 0);
  const Error error = failure(Implementation::open(root, scene.variables()));
  CHECK(error.code == ErrorCode::refused);
  CHECK(error.message == "the git repository `" + root.string() + "` is owned by another user, whose settings git does not trust");
  CHECK(error.help == "if you trust it, type `git config --global --add safe.directory '" + root.string() + "'`");
  scene.git("home", {"config", "--global", "--add", "safe.directory", "/somewhere/else"});
  CHECK(failure(Implementation::open(root, scene.variables())).code == ErrorCode::refused);
  scene.git("home", {"config", "--global", "--add", "safe.directory", root.string()});
  CHECK(sure(sure(Implementation::open(root, scene.variables()))->head()).branch == "main");
}

FOR_EACH_IMPLEMENTATION("a damaged repository is an error that says so") {
  const Scene scene;
  scene.init("bank");
  scene.write("bank/a", "some content");
  const ObjectId commit{scene.commit_all("bank")};
  const Path root = scene.path("bank");
  SUBCASE("a cut-off object") {
    const std::string blob = scene.git("bank", {"rev-parse", "HEAD:a"});
    const std::string object = "bank/.git/objects/" + blob.substr(0, 2) + "/" + blob.substr(2);
    std::filesystem::permissions(scene.path(object), std::filesystem::perms::owner_all);
    scene.write(object, scene.read(object).substr(0, 10));
    const auto repository = sure(Implementation::open(root, scene.variables()));
    const auto files = sure(repository->tree_files(commit, ""));
    const Error error = failure(repository->read_blob(files.at(0).blob));
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.message == "the git object `" + blob.substr(0, 10) + "` is missing or damaged");
    CHECK(error.help == "type `git fsck` to see more, or clone the repository again");
  }
  SUBCASE("a missing commit") {
    std::filesystem::remove_all(root / ".git/objects");
    std::filesystem::create_directories(root / ".git/objects");
    const auto repository = sure(Implementation::open(root, scene.variables()));
    CHECK(failure(repository->tree_files(commit, "")).message == "the git object `" + commit.hex.substr(0, 10) + "` is missing or damaged");
  }
  SUBCASE("no HEAD") {
    std::filesystem::remove(root / ".git/HEAD");
    const Error error = failure(Implementation::open(root, scene.variables()));
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.message == "the git repository of `" + root.string() + "` is damaged");
  }
  SUBCASE("settings that cannot be read") {
    scene.write("bank/.git/config", "[core\nrepositoryformatversion");
    CHECK(failure(Implementation::open(root, scene.variables())).message == "the git repository of `" + root.string() + "` is damaged");
  }
  SUBCASE("a work tree whose repository is gone") {
    scene.git("bank", {"worktree", "add", "--quiet", "../trial"});
    std::filesystem::remove_all(root / ".git/worktrees");
    CHECK(failure(Implementation::open(scene.path("trial"), scene.variables())).message ==
          "the git repository of `" + scene.path("trial").string() + "` is damaged");
  }
}

TEST_CASE("a repository that libgit2 does not know goes through the git program") {
  Scene scene;
  scene.init("bank");
  scene.write("bank/m/a", "content");
  scene.write("bank/b", "not fetched");
  SUBCASE("SHA-256") {
    std::filesystem::remove_all(scene.path("bank/.git"));
    scene.init("bank", {"--object-format=sha256"});
    scene.commit_all("bank");
  }
  SUBCASE("partial clone") {
    scene.git("bank", {"config", "uploadpack.allowFilter", "true"});
    scene.commit_all("bank");
    std::filesystem::rename(scene.path("bank"), scene.path("host"));
    scene.git("", {"clone", "--quiet", "--filter=blob:none", "file://" + scene.path("host").string(), "bank"});
  }
  SUBCASE("partial and sparse clone") {
    scene.git("bank", {"config", "uploadpack.allowFilter", "true"});
    scene.commit_all("bank");
    std::filesystem::rename(scene.path("bank"), scene.path("host"));
    scene.git("", {"clone", "--quiet", "--filter=blob:none", "--sparse", "file://" + scene.path("host").string(), "bank"});
    scene.git("bank", {"sparse-checkout", "set", "m"});
  }
  const auto repository = sure(open_repository(scene.path("bank/m"), scene.variables()));
  CHECK(repository->place().folder == "m");
  const ObjectId commit = sure(head_commit(*repository));
  CHECK(commit.hex == scene.git("bank", {"rev-parse", "HEAD"}));
  const auto files = sure(repository->tree_files(commit, "m"));
  REQUIRE(paths_of(files) == Strings{"a"});
  CHECK(sure(repository->read_blob(files[0].blob)) == "content");
  CHECK(sure(repository->work_tree_status("m")).is_clean());
  CHECK(sure(repository->create_annotated_tag("m@v1.0.0", commit, "one")) == TagCreation::created);
  CHECK(sure(repository->create_annotated_tag("m@v1.0.0", commit, "one")) == TagCreation::already_there);
  CHECK(sure(repository->tags("m@")).at(0).commit == commit);

  scene.variables().set("PATH", scene.path("home").string());
  const Error error = failure(open_repository(scene.path("bank"), scene.variables()));
  CHECK(error.code == ErrorCode::outside);
  CHECK(error.message == "cannot find the program `git`, which is needed to read this kind of repository");
  CHECK(error.help == "install it: `apt install git` on Debian and Ubuntu");
  REQUIRE(error.causes.size() == 2);
  // In libgit2's words, which differ between its versions.
  CHECK_FALSE(error.causes[1].empty());
}

TEST_CASE("without a git program, libgit2 alone reads, and writes tags") {
  Scene scene;
  scene.init("bank");
  scene.write("bank/a", "1");
  const ObjectId commit{scene.commit_all("bank")};
  scene.git("bank", {"config", "tag.gpgSign", "true"});
  Variables without_git = scene.variables();
  without_git.set("PATH", scene.path("home").string());
  const auto repository = sure(open_repository(scene.path("bank"), without_git));
  scene.write("bank/a", "22");
  CHECK(sure(repository->work_tree_status("")).changed == Strings{"a"});
  CHECK(failure(repository->create_annotated_tag("v1", commit, "one")).message ==
        "cannot find the program `git`, which is needed to sign tags, as `tag.gpgSign` of your git settings wants it");
  scene.git("bank", {"config", "tag.gpgSign", "false"});
  CHECK(sure(repository->create_annotated_tag("v1", commit, "one")) == TagCreation::created);
}

}  // namespace
}  // namespace mops::repository
