#include "api/event.h"

#include "service/event.h"

namespace wharf::api {
namespace {

using service::Call;

struct Subscribe {
  std::string events;  // query: "docker-cli,…"
};
BOOST_DESCRIBE_STRUCT(Subscribe, (), (events))

awaitable<Result<http::Response>> subscribe(Call& call, Subscribe in) {
  auto stream = co_await call.services.events.listen(call.who, std::move(in.events));
  if (!stream) co_return stream.error();
  http::Response response;
  response.add("Content-Type", "text/event-stream");
  response.add("Cache-Control", "no-store");
  response.add("X-Accel-Buffering", "no");  // nginx would gather it
  http::StreamBody body;
  body.next = [stream = std::move(*stream)](std::string& piece) { return stream->next(piece); };
  response.body = std::move(body);
  co_return response;
}

}  // namespace

void add_event_operations(service::OperationTable& table) {
  table.add({.id = "subscribeUserEvents",
             .verb = http::Verb::get,
             .path = "/realtime/user/subscribe",
             .scope = http::Scope::user_admin,
             .summary = "What the caller's clients do, as it happens: server-sent events.",
             .tag = "Users",
             .errors = {400, 401, 403, 429},
             .internal = true,
             .features = {"USER_EVENTS"}},
            subscribe);
}

}  // namespace wharf::api
