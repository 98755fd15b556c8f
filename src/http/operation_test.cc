#include "http/operation.h"

#include <gtest/gtest.h>

#include "base/testing.h"
#include "http/openapi.h"

namespace wharf::http {
namespace {

/// A body that is there already.
class TextBody : public BodyReader {
 public:
  explicit TextBody(std::string text, bool chunked = false) : text_(std::move(text)), chunked_(chunked) {}
  std::optional<std::uint64_t> length() const override {
    if (chunked_) return std::nullopt;
    return text_.size();
  }
  awaitable<Result<std::size_t>> read_some(std::span<std::byte> buffer) override {
    ++reads;
    const auto count = std::min(buffer.size(), text_.size() - at_);
    std::copy_n(text_.data() + at_, count, reinterpret_cast<char*>(buffer.data()));
    at_ += count;
    co_return count;
  }
  int reads = 0;

 private:
  std::string text_;
  bool chunked_;
  std::size_t at_ = 0;
};

struct TestCall {
  Request& request;
  std::string heard{};
};

enum class Size { small, large };
BOOST_DESCRIBE_ENUM(Size, small, large)

struct Find {
  RepoName repository;
  std::string text;
  int page = 1;
  bool all = false;
  bool deep = true;
  std::optional<int> limit;
  std::optional<Size> size;
};
BOOST_DESCRIBE_STRUCT(Find, (), (repository, text, page, all, deep, limit, size))

struct Found {
  std::string repository;
  std::string text;
  int page = 0;
  bool all = false;
  bool deep = false;
  std::optional<int> limit;
  std::optional<Size> size;
};
BOOST_DESCRIBE_STRUCT(Found, (), (repository, text, page, all, deep, limit, size))

awaitable<Result<Found>> find(TestCall&, Find in) {
  co_return Found{in.repository.text(), in.text, in.page, in.all, in.deep, in.limit, in.size};
}

struct Make {
  std::string orgname;
  std::string name;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(Make, (), (orgname, name, note))

awaitable<Result<Reply<Found>>> make(TestCall&, Make in) {
  co_return Reply<Found>{.status = 201,
                         .body = {in.orgname, in.name + in.note.value_or("-"), 0, false, false, {}, {}},
                         .headers = {{"Location", "/here"}}};
}

struct AtPath {
  std::string orgname;
};
BOOST_DESCRIBE_STRUCT(AtPath, (), (orgname))
struct MakeBody {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(MakeBody, (), (name))

awaitable<Result<Nothing>> refuse_first(TestCall& call, AtPath in, Result<MakeBody> body) {
  if (in.orgname == "hidden") co_return Error{Errc::denied, "Unauthorized"};
  if (!body) co_return body.error();
  call.heard = body->name;
  co_return Nothing{};
}

using Table = OperationTable<TestCall>;

Table table() {
  Table all;
  all.add({.id = "find", .path = "/api/v1/repository/{repository}/find", .summary = "Finds."}, find);
  all.add(
      {.id = "make", .verb = Verb::post, .path = "/api/v1/organization/{orgname}", .summary = "Makes.", .also = {201}},
      make);
  all.add({.id = "refuse",
           .verb = Verb::put,
           .path = "/api/v1/organization/{orgname}",
           .summary = "Refuses.",
           .status = 204,
           .errors = {403}},
          refuse_first);
  all.add({.id = "optional",
           .verb = Verb::post,
           .path = "/api/v1/optional/{orgname}",
           .summary = "Takes no body, too.",
           .status = 204,
           .body_optional = true},
          refuse_first);
  return all;
}

struct Sent {
  std::string body;
  std::string type = "application/json";
  bool chunked = false;
};

Result<Response> invoke(std::size_t index, Parameters parameters, Sent sent = {}) {
  const auto all = table();
  TextBody body(sent.body, sent.chunked);
  Request request;
  request.body = &body;
  if (!sent.type.empty()) request.headers.emplace_back("content-type", sent.type);
  TestCall call{request};
  return run_awaitable(all.entries()[index].invoke(call, parameters));
}

std::string text_of(const Result<Response>& response) {
  if (!response) return "error: " + response.error().message;
  const auto* text = std::get_if<std::string>(&response->body);
  return std::to_string(response->status) + ' ' + (text ? *text : "");
}

TEST(Operation, DecodesParametersAndKeepsDefaults) {
  EXPECT_EQ(text_of(invoke(0, {{"repository", "acme/team/app"}})),
            "200 {\"repository\": \"acme/team/app\", \"text\": \"\", \"page\": 1, \"all\": false, \"deep\": true}\n");
  EXPECT_EQ(text_of(invoke(0, {{"repository", "acme/app"},
                               {"text", "x y"},
                               {"page", "-3"},
                               {"all", "yes"},
                               {"deep", "0"},
                               {"limit", "+7"},
                               {"size", "large"}})),
            "200 {\"repository\": \"acme/app\", \"text\": \"x y\", \"page\": -3, \"all\": true, \"deep\": false, "
            "\"limit\": 7, \"size\": \"large\"}\n");
}

TEST(Operation, ReadsBooleansAsQuayDoes) {
  for (const auto* no : {"", "false", "False", "FALSE", "0", "null"}) {
    EXPECT_NE(text_of(invoke(0, {{"repository", "a/b"}, {"all", no}})).find("\"all\": false"), std::string::npos) << no;
  }
  for (const auto* yes : {"true", "1", "no", "fAlse", " "}) {
    EXPECT_NE(text_of(invoke(0, {{"repository", "a/b"}, {"all", yes}})).find("\"all\": true"), std::string::npos)
        << yes;
  }
}

TEST(Operation, NamesTheParameterThatIsWrong) {
  for (const auto* bad : {"x", "1x", "", "99999999999999999999", "2147483648"}) {
    EXPECT_EQ(text_of(invoke(0, {{"repository", "a/b"}, {"page", bad}})), "error: page: must be a whole number") << bad;
  }
  EXPECT_EQ(text_of(invoke(0, {{"repository", "a/b"}, {"size", "huge"}})), "error: size: must be one of small, large");
}

TEST(Operation, MergesPathAndBody) {
  const auto made = invoke(1, {{"orgname", "acme"}}, {R"({"name":"n","note":"!","orgname":"other"})"});
  EXPECT_EQ(text_of(made).substr(0, 45), R"(201 {"repository": "acme", "text": "n!", "pag)");
  EXPECT_EQ(made->headers.back(), (std::pair<std::string, std::string>("Location", "/here")));
}

struct BadBody {
  Sent sent;
  Errc code;
  std::string_view message;
};

TEST(Operation, RefusesBadBodies) {
  const BadBody rows[] = {
      {{R"({"name":1})"}, Errc::invalid_request, "name: must be a string"},
      {{R"({})"}, Errc::invalid_request, "name: is required"},
      {{R"([])"}, Errc::invalid_request, "The body must be an object"},
      {{R"(null)"}, Errc::invalid_request, "Missing JSON body"},
      {{""}, Errc::malformed_json, ""},
      {{"{"}, Errc::malformed_json, ""},
      {{R"({"name":"n"})", "text/plain"}, Errc::unsupported_media_type, ""},
      {{R"({"name":"n"})", ""}, Errc::unsupported_media_type, ""},
      {{R"({"name":")" + std::string(1024 * 1024, 'x') + "\"}"}, Errc::payload_too_large, ""},
      {{R"({"name":")" + std::string(1024 * 1024, 'x') + "\"}", "application/json", true}, Errc::payload_too_large, ""},
  };
  for (const auto& row : rows) {
    const auto made = invoke(1, {{"orgname", "acme"}}, row.sent);
    ASSERT_FALSE(made) << row.sent.body.substr(0, 40);
    EXPECT_EQ(made.error().code, row.code) << row.sent.body.substr(0, 40) << ' ' << made.error().message;
    if (!row.message.empty()) EXPECT_EQ(made.error().message, row.message);
  }
  for (const auto* type : {"application/json; charset=utf-8", "Application/JSON", "application/problem+json"}) {
    EXPECT_TRUE(invoke(1, {{"orgname", "acme"}}, {R"({"name":"n"})", type})) << type;
  }
}

TEST(Operation, ADeferredBodySpeaksAfterThePermission) {
  EXPECT_EQ(invoke(2, {{"orgname", "hidden"}}, {"{"}).error().code, Errc::denied);
  EXPECT_EQ(invoke(2, {{"orgname", "acme"}}, {"{"}).error().code, Errc::malformed_json);
  EXPECT_EQ(text_of(invoke(2, {{"orgname", "acme"}}, {R"({"name":"n"})"})), "204 ");
}

TEST(Operation, AnOptionalBodyMayBeMissingButNotWrong) {
  // The body is an empty object then: what is required in it is still missing.
  EXPECT_EQ(invoke(3, {{"orgname", "acme"}}, {"", ""}).error().message, "name: is required");
  EXPECT_EQ(invoke(3, {{"orgname", "acme"}}, {"", "", true}).error().code, Errc::unsupported_media_type);
  EXPECT_EQ(invoke(3, {{"orgname", "acme"}}, {"", "application/json", true}).error().message, "name: is required");
  EXPECT_EQ(invoke(3, {{"orgname", "acme"}}, {"x", "application/json"}).error().code, Errc::malformed_json);
}

TEST(Operation, ShapesTellWhatIsTaken) {
  const auto all = table();
  const auto& shape = all.entries()[0].shape;
  ASSERT_EQ(shape.parameters.size(), 7u);
  EXPECT_TRUE(shape.parameters[0].in_path);
  EXPECT_EQ(shape.parameters[2].schema, json::parse(R"({"type":"integer","default":1})").value());
  EXPECT_EQ(shape.parameters[3].schema, json::parse(R"({"type":"boolean"})").value());
  EXPECT_EQ(shape.parameters[4].schema, json::parse(R"({"type":"boolean","default":true})").value());
  EXPECT_EQ(shape.parameters[6].schema, json::parse(R"({"type":"string","enum":["small","large"]})").value());
  EXPECT_TRUE(shape.request.is_null());
  EXPECT_EQ(all.entries()[1].shape.request,
            json::parse(R"({"type":"object","properties":{"name":{"type":"string"},"note":{"type":"string"}},
                            "required":["name"]})")
                .value());
  EXPECT_TRUE(all.entries()[2].shape.response.is_null());
}

TEST(OpenApi, HasEachOperationWithItsStatuses) {
  const auto all = table();
  const auto document = openapi_document(documented(all), all.schemas());
  const auto& get = document.at("paths").at("/repository/{repository}/find").at("get");
  EXPECT_EQ(get.at("operationId"), "find");
  EXPECT_EQ(get.at("parameters").as_array().size(), 7u);
  EXPECT_EQ(get.at("parameters").at(0), json::parse(R"({"name":"repository","in":"path","required":true,
                                                       "schema":{"type":"string"}})")
                                            .value());
  EXPECT_EQ(get.at("responses").at("200").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/Found");
  const auto& put = document.at("paths").at("/organization/{orgname}").at("put");
  std::vector<std::string> statuses;
  for (const auto& [status, response] : put.at("responses").as_object()) statuses.emplace_back(status);
  EXPECT_EQ(statuses, (std::vector<std::string>{"204", "400", "401", "403", "413", "415", "5XX"}));
  EXPECT_FALSE(put.at("responses").at("204").as_object().contains("content"));
  EXPECT_EQ(put.at("responses").at("403").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/ApiError");
  EXPECT_TRUE(put.at("requestBody").at("required").as_bool());
  EXPECT_FALSE(document.at("paths").at("/optional/{orgname}").at("post").at("requestBody").at("required").as_bool());
}

/// Every reference in `value` that leads nowhere.
void dangling(const json::Value& value, const json::Value& root, std::vector<std::string>& found) {
  if (const auto* object = value.if_object()) {
    if (const auto* reference = object->if_contains("$ref")) {
      boost::system::error_code failed;
      const std::string pointer(std::string_view(reference->get_string()).substr(1));
      if (!root.find_pointer(pointer, failed)) found.push_back(pointer);
    }
    for (const auto& entry : *object) dangling(entry.value(), root, found);
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) dangling(item, root, found);
  }
}

TEST(OpenApi, ReferencesLeadSomewhereInBothDocuments) {
  const auto all = table();
  for (const json::Value& document :
       {json::Value(openapi_document(documented(all), all.schemas())),
        json::Value(discovery_document(documented(all), all.schemas(), "http://h", true))}) {
    std::vector<std::string> lost;
    dangling(document, document, lost);
    EXPECT_EQ(lost, std::vector<std::string>());
  }
}

TEST(Discovery, SpeaksSwagger2) {
  const auto all = table();
  const auto document = discovery_document(documented(all), all.schemas(), "https://reg.example:8443", false);
  EXPECT_EQ(document.at("swagger"), "2.0");
  EXPECT_EQ(document.at("host"), "reg.example:8443");
  EXPECT_EQ(document.at("schemes").at(0), "https");
  const auto& post = document.at("paths").at("/api/v1/organization/{orgname}").at("post");
  EXPECT_EQ(post.at("parameters").at(0).at("type"), "string");
  EXPECT_EQ(post.at("parameters").at(1).at("in"), "body");
  EXPECT_EQ(post.at("responses").at("201").at("schema").at("$ref"), "#/definitions/Found");
}

}  // namespace
}  // namespace wharf::http
