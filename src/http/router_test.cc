#include "http/router.h"

#include <gtest/gtest.h>

namespace wharf::http {
namespace {

constexpr std::pair<Verb, std::string_view> kTable[] = {
    {Verb::get, "/api/v1/repository"},                         // 0
    {Verb::post, "/api/v1/repository"},                        // 1
    {Verb::get, "/api/v1/repository/{repository}"},            // 2
    {Verb::delete_, "/api/v1/repository/{repository}"},        // 3
    {Verb::get, "/api/v1/repository/{repository}/tag/"},       // 4
    {Verb::put, "/api/v1/repository/{repository}/tag/{tag}"},  // 5
    {Verb::get, "/api/v1/user/"},                              // 6
    {Verb::get, "/v2/"},                                       // 7
    {Verb::get, "/v2/{name}/tags/list"},                       // 8
    {Verb::get, "/v2/{name}/manifests/{reference}"},           // 9
    {Verb::post, "/v2/{name}/blobs/uploads/"},                 // 10
    {Verb::patch, "/v2/{name}/blobs/uploads/{upload}"},        // 11
    {Verb::get, "/"},                                          // 12
    {Verb::head, "/v2/{name}/manifests/{reference}"},          // 13
    {Verb::get, "/api/v1/repository/mirror/health"},           // 14
};

Router table() {
  Router router;
  for (std::size_t i = 0; i < std::size(kTable); ++i) router.add(kTable[i].first, kTable[i].second, i);
  return router;
}

struct Route {
  Verb verb;
  std::string_view path;
  int index;  ///< -1: no such path; -2: known, but not with this verb.
  std::string_view parameters;
};

std::string text(const Parameters& parameters) {
  std::string all;
  for (const auto& [name, value] : parameters) all += std::string(name) + '=' + value + ';';
  return all;
}

TEST(Router, FindsTheOperationOfAPath) {
  const Route rows[] = {
      {Verb::get, "/", 12, ""},
      {Verb::get, "/api/v1/repository", 0, ""},
      {Verb::get, "/api/v1/repository/", 0, ""},
      {Verb::post, "/api/v1/repository", 1, ""},
      {Verb::head, "/api/v1/repository", 0, ""},
      {Verb::get, "/api/v1/repository/acme/app", 2, "repository=acme/app;"},
      {Verb::get, "/api/v1/repository/acme/team/app/", 2, "repository=acme/team/app;"},
      {Verb::get, "/api/v1/repository/acme%2Fapp", 2, "repository=acme/app;"},
      {Verb::get, "/api/v1/repository/acme%2fteam%2Fapp/tag/", 4, "repository=acme/team/app;"},
      {Verb::get, "/api/v1/repository/acme/app/tag", 4, "repository=acme/app;"},
      {Verb::put, "/api/v1/repository/acme/app/tag/v1", 5, "repository=acme/app;tag=v1;"},
      {Verb::get, "/api/v1/repository/mirror/health", 14, ""},
      // A fixed suffix wins over a repository's name, even where the verb is another's.
      {Verb::delete_, "/api/v1/repository/acme/app/tag/v1", -2, ""},
      {Verb::put, "/api/v1/repository/acme/tag/tag/tag", 5, "repository=acme/tag;tag=tag;"},
      // Unless the slashes of the name are encoded.
      {Verb::get, "/api/v1/repository/acme%2Fapp%2Ftag%2Fv1", 2, "repository=acme/app/tag/v1;"},
      {Verb::put, "/api/v1/repository/acme%2Fapp%2Ftag%2Fv1/tag/v2", 5, "repository=acme/app/tag/v1;tag=v2;"},
      {Verb::get, "/v2/a%2Ftags%2Flist", 8, "name=a;"},
      {Verb::get, "/api/v1/user", 6, ""},
      {Verb::delete_, "/api/v1/user/", -2, ""},
      {Verb::get, "/api/v1/users", -1, ""},
      {Verb::get, "/api/v1", -1, ""},
      {Verb::get, "/v2", 7, ""},
      {Verb::get, "/v2/", 7, ""},
      {Verb::get, "/v2/a/tags/list", 8, "name=a;"},
      {Verb::get, "/v2/a/b/c/tags/list", 8, "name=a/b/c;"},
      {Verb::get, "/v2/tags/list", -1, ""},
      {Verb::get, "/v2/a/b/manifests/sha256:00", 9, "name=a/b;reference=sha256:00;"},
      {Verb::get, "/v2/a/b/manifests/sha256%3A00", 9, "name=a/b;reference=sha256:00;"},
      {Verb::head, "/v2/a/b/manifests/v1", 13, "name=a/b;reference=v1;"},
      {Verb::post, "/v2/a/b/blobs/uploads/", 10, "name=a/b;"},
      {Verb::post, "/v2/a/b/blobs/uploads", 10, "name=a/b;"},
      {Verb::patch, "/v2/a/b/blobs/uploads/1-2", 11, "name=a/b;upload=1-2;"},
      {Verb::get, "/v2/a//tags/list", -1, ""},
      {Verb::get, "//", 12, ""},
      {Verb::get, "/v2/a%2/tags/list", -1, ""},
      {Verb::get, "/v2/a%00/tags/list", -1, ""},
      {Verb::other, "/v2/a/tags/list", -2, ""},
  };
  const auto router = table();
  for (const auto& row : rows) {
    const auto match = router.find(row.verb, row.path);
    if (row.index == -1) {
      EXPECT_FALSE(match) << row.path;
      continue;
    }
    ASSERT_TRUE(match) << row.path;
    if (row.index == -2) {
      EXPECT_FALSE(match->index) << row.path;
      continue;
    }
    ASSERT_TRUE(match->index) << row.path;
    EXPECT_EQ(*match->index, static_cast<std::size_t>(row.index)) << row.path;
    EXPECT_EQ(text(match->parameters), row.parameters) << row.path;
  }
}

TEST(Router, SaysWhatAPathAllows) {
  const auto router = table();
  EXPECT_EQ(router.find(Verb::put, "/api/v1/repository")->allow, "GET, HEAD, POST");
  EXPECT_EQ(router.find(Verb::put, "/v2/a/manifests/v1")->allow, "GET, HEAD");
  EXPECT_EQ(router.find(Verb::get, "/v2/a/blobs/uploads/1")->allow, "PATCH");
  EXPECT_EQ(router.find(Verb::get, "/api/v1/repository")->allow, "");
}

TEST(Router, BoundsTheSegments) {
  const auto router = table();
  std::string path = "/v2";
  for (int i = 0; i < 100; ++i) path += "/a";
  EXPECT_TRUE(router.find(Verb::get, path + "/tags/list"));
  for (int i = 0; i < 100; ++i) path += "/a";
  EXPECT_FALSE(router.find(Verb::get, path + "/tags/list"));
}

}  // namespace
}  // namespace wharf::http
