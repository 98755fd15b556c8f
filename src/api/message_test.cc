#include "api/message.h"

#include "api/refusals_testing.h"

namespace wharf::api {
namespace {

using test::TestRegistry;
using testing::expect_only;

json::Value message(std::string content, std::string media_type = "text/plain", std::string severity = "info") {
  return json::Object{{"message", json::Object{{"content", std::move(content)},
                                               {"media_type", std::move(media_type)},
                                               {"severity", std::move(severity)}}}};
}

TEST(GlobalMessages, AreMadeBySuperusersAndReadByEverybody) {
  TestRegistry reg;
  testing::make_acme(reg);
  const auto body = json::to_text(message("sneaked"));
  expect_only(reg, {.verb = "POST", .path = "/api/v1/messages", .body = body, .allowed = {"superuser"}});
  auto root = reg.as("superuser");
  EXPECT_EQ(root.post("/api/v1/messages", message("first")).status, 201);
  EXPECT_EQ(root.post("/api/v1/messages", message("**second**", "text/markdown", "error")).status, 201);
  const auto seen = reg.as("nobody").get("/api/v1/messages");
  ASSERT_EQ(seen.status, 200) << seen.summary();
  EXPECT_EQ(seen.names("messages", "content"), (test::Names{"first", "**second**"}));
  EXPECT_EQ(seen.string("/messages/1/media_type"), "text/markdown");
  EXPECT_EQ(seen.string("/messages/1/severity"), "error");

  const auto path = "/api/v1/message/" + seen.string("/messages/0/uuid");
  expect_only(reg, {.verb = "DELETE", .path = path, .allowed = {"superuser"}});
  EXPECT_EQ(root.del(path).status, 204);
  EXPECT_EQ(root.del(path).status, 204) << "gone already";
  EXPECT_EQ(root.get("/api/v1/messages").names("messages", "content"), test::Names{"**second**"});
}

TEST(GlobalMessages, RefuseWhatIsNone) {
  TestRegistry reg;
  auto root = reg.as("superuser");
  const json::Value wrong[] = {json::Object{},
                               json::Object{{"message", nullptr}},
                               json::Object{{"message", "text"}},
                               json::Object{{"message", json::Object{{"content", "x"}}}},
                               message(""),
                               message(std::string(16'385, 'x')),
                               message("x", "text/html"),
                               message("x", "text/plain", "fatal")};
  for (const auto& body : wrong) {
    EXPECT_EQ(root.post("/api/v1/messages", body).status, 400) << json::to_text(body).substr(0, 100);
  }
  EXPECT_TRUE(root.get("/api/v1/messages").names("messages", "uuid").empty());
  for (int i = 0; i < 100; ++i) ASSERT_EQ(root.post("/api/v1/messages", message("x")).status, 201) << i;
  EXPECT_EQ(root.post("/api/v1/messages", message("one too many")).status, 400);
}

TEST(GlobalMessages, AreNotForTheAnonymousWhereTheyMaySeeNothing) {
  TestRegistry reg{{.configure = [](app::Config& config) { config.features.anonymous_access = false; }}};
  EXPECT_EQ(reg.as("nobody").get("/api/v1/messages").status, 401);
  EXPECT_EQ(reg.as("nobody").get("/api/v1/superuser/registrystatus").status, 401);
  EXPECT_EQ(reg.as("nobody").get("/api/v1/registry/capabilities").status, 200);
  EXPECT_EQ(reg.as("stranger").get("/api/v1/messages").status, 200);
}

TEST(Capabilities, TellWhetherIndexesMayBeSparse) {
  for (const bool sparse : {false, true}) {
    TestRegistry reg{{.configure = [sparse](app::Config& config) { config.features.sparse_index = sparse; }}};
    const auto seen = reg.as("nobody").get("/api/v1/registry/capabilities");
    ASSERT_EQ(seen.status, 200) << seen.summary();
    EXPECT_EQ(seen.flag("/sparse_manifests/supported"), sparse);
    EXPECT_EQ(seen.flag("/sparse_manifests/optional_architectures_allowed"), sparse);
    EXPECT_EQ(seen.at("/mirror_architectures").as_array().size(), 4u);
  }
}

}  // namespace
}  // namespace wharf::api
