#include "repository/publication.h"

#include "contract/repository/scene.h"

namespace mops::repository {
namespace {

using Strings = std::vector<std::string>;

std::string shown(const std::vector<PushedTag>& tags) {
  std::string text;
  for (const PushedTag& tag : tags) text += tag.name + ": " + std::string(to_string(tag.outcome)) + (tag.reason.empty() ? "" : " (" + tag.reason + ")") + "\n";
  return text;
}

TEST_CASE("every pushed tag has an answer of its own") {
  const Scene scene;
  scene.init("host.git", {"--bare"});
  scene.init("bank");
  scene.commit_all("bank", "first");
  scene.git("bank", {"remote", "add", "origin", scene.path("host.git").string()});
  for (const char* tag : {"m@v1.0.0", "m#dev#1", "moved"}) scene.git("bank", {"tag", "-a", tag, "-m", "a"});
  const auto push = [&](const Strings& tags) { return push_tags(scene.path("bank"), "origin", tags, scene.variables()); };

  CHECK(shown(sure(push({"m@v1.0.0", "moved"}))) == "m@v1.0.0: pushed\nmoved: pushed\n");
  CHECK(scene.git("host.git", {"tag", "-l"}) == "m@v1.0.0\nmoved");
  scene.git("bank", {"tag", "-f", "-a", "moved", "-m", "another"});
  CHECK(shown(sure(push({"m@v1.0.0", "m#dev#1", "moved"}))) == "m@v1.0.0: already there\nm#dev#1: pushed\nmoved: rejected ([rejected] (already exists))\n");
  CHECK(sure(push({})).empty());

  scene.git("bank", {"tag", "-a", "refused", "-m", "a"});
  scene.write("host.git/hooks/pre-receive", "#!/bin/sh\nexit 1\n");
  std::filesystem::permissions(scene.path("host.git/hooks/pre-receive"), std::filesystem::perms::owner_all);
  CHECK(shown(sure(push({"refused"}))) == "refused: rejected ([remote rejected] (pre-receive hook declined))\n");

  const Error no_tag = failure(push({"m@v1.0.0", "absent"}));
  CHECK(no_tag.code == ErrorCode::not_found);
  CHECK(no_tag.message == "there is no tag `absent` in `" + scene.path("bank").string() + "`");
}

TEST_CASE("what keeps a push from its host") {
  Scene scene;
  scene.init("bank");
  scene.commit_all("bank");
  scene.git("bank", {"tag", "-a", "v1", "-m", "a"});
  const Strings tags = {"v1"};
  const auto push = [&] { return push_tags(scene.path("bank"), "origin", tags, scene.variables()); };
  SUBCASE("no such remote") {
    const Error error = failure(push());
    CHECK(error.code == ErrorCode::not_found);
    CHECK(error.message == "there is no remote `origin` in `" + scene.path("bank").string() + "`");
    CHECK(error.help == "type `git remote add origin URL`");
  }
  SUBCASE("nobody listens, and the password is not told") {
    scene.git("bank", {"remote", "add", "origin", "http://ada:secret@127.0.0.1:1/x.git"});
    const auto pushed = sure(push());
    CHECK(pushed.at(0).outcome == PushOutcome::host_away);
    CHECK(pushed.at(0).reason.find("127.0.0.1") != std::string::npos);
    CHECK(pushed.at(0).reason.find("secret") == std::string::npos);
  }
  SUBCASE("the folder is gone") {
    scene.git("bank", {"remote", "add", "origin", scene.path("gone.git").string()});
    CHECK(shown(sure(push())) == "v1: host away ('" + scene.path("gone.git").string() + "' does not appear to be a git repository)\n");
  }
  SUBCASE("a hook on this side says no") {
    scene.init("host.git", {"--bare"});
    scene.git("bank", {"remote", "add", "origin", scene.path("host.git").string()});
    scene.write("bank/.git/hooks/pre-push", "#!/bin/sh\necho not on a Friday >&2\nexit 1\n");
    std::filesystem::permissions(scene.path("bank/.git/hooks/pre-push"), std::filesystem::perms::owner_all);
    CHECK(shown(sure(push())) == "v1: rejected (not on a Friday)\n");
  }
  SUBCASE("interrupted") {
    scene.git("bank", {"remote", "add", "origin", scene.path("gone.git").string()});
    std::stop_source stop;
    stop.request_stop();
    CHECK(failure(push_tags(scene.path("bank"), "origin", tags, scene.variables(), stop.get_token())).code == ErrorCode::interrupted);
  }
  SUBCASE("no git program") {
    scene.git("bank", {"remote", "add", "origin", "x"});
    scene.variables().set("PATH", scene.path("home").string());
    CHECK(failure(push()).message == "cannot find the program `git`, which is needed to publish tags");
  }
}

}  // namespace
}  // namespace mops::repository
