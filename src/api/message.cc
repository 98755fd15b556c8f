#include "api/message.h"

#include "service/message.h"

namespace wharf::api {
namespace {

using http::Scope;
using http::Verb;
using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

awaitable<Result<service::GlobalMessages>> get_messages(Call& call, NoParameters) {
  co_return co_await call.services.messages.list(call.who);
}

struct CreateMessage {
  service::NewMessage message;
};
BOOST_DESCRIBE_STRUCT(CreateMessage, (), (message))

awaitable<Result<http::Nothing>> create_message(Call& call, NoParameters, Result<CreateMessage> body) {
  auto wanted = body ? Result<service::NewMessage>(body->message) : Result<service::NewMessage>(body.error());
  auto made = co_await call.services.messages.create(call.who, std::move(wanted));
  if (!made) co_return made.error();
  co_return http::Nothing{};
}

struct MessagePath {
  std::string uuid;
};
BOOST_DESCRIBE_STRUCT(MessagePath, (), (uuid))

/// One that is not there is as good as deleted, as in Quay.
awaitable<Result<http::Nothing>> delete_message(Call& call, MessagePath in) {
  auto done = co_await call.services.messages.remove(call.who, std::move(in.uuid));
  if (!done) co_return done.error();
  co_return http::Nothing{};
}

}  // namespace

void add_message_operations(service::OperationTable& table) {
  table.add({.id = "getGlobalMessages",
             .path = "/api/v1/messages",
             .summary = "The messages to everybody.",
             .tag = "Messages",
             .errors = {401},
             .anonymous = true},
            get_messages);
  table.add({.id = "createGlobalMessage",
             .verb = Verb::post,
             .path = "/api/v1/messages",
             .scope = Scope::super_user,
             .summary = "Makes a message to everybody.",
             .tag = "Messages",
             .status = 201,
             .errors = {400, 401, 403, 415},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            create_message);
  table.add({.id = "deleteGlobalMessage",
             .verb = Verb::delete_,
             .path = "/api/v1/message/{uuid}",
             .scope = Scope::super_user,
             .summary = "Deletes a message to everybody.",
             .tag = "Messages",
             .status = 204,
             .errors = {401, 403},
             .features = {"SUPER_USERS"},
             .fresh_login = true},
            delete_message);
}

}  // namespace wharf::api
