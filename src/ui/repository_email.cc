#include "ui/repository_email.h"

#include "service/repository_email.h"
#include "ui/template.h"

#include "base/html.h"

namespace wharf::ui {
namespace {

using http::Response;
using service::Call;

struct LinkCode {
  std::string code;  // query
};
BOOST_DESCRIBE_STRUCT(LinkCode, (), (code))

awaitable<Result<Response>> authorize_email(Call& call, LinkCode in) {
  const auto& settings = call.services.settings;
  auto repository = co_await call.services.repository_emails.confirm(std::move(in.code));
  if (!repository) co_return repository.error();
  const auto name = html_escaped(repository->text());
  const Marks marks = {
      {"REGISTRY_TITLE", html_escaped(settings.registry_title)},
      {"REGISTRY_TITLE_SHORT", html_escaped(settings.registry_title_short)},
      {"TITLE", "Thank you"},
      {"MESSAGE", "This address may be mailed about what happens to the repository <a href=\"/repository/" + name +
                      "\">" + name + "</a>."}};
  co_return page(filled("message.html", marks), "form-action 'none'");
}

}  // namespace

void add_repository_email_operations(service::OperationTable& table) {
  table.add({.id = "confirmRepositoryEmail",
             .verb = http::Verb::get,
             .path = "/authrepoemail",
             .summary = "Follows a link that was sent to an address: it may be mailed about a repository.",
             .tag = "Web",
             .errors = {400, 503},
             .anonymous = true,
             .protocol = http::Protocol::web,
             .internal = true,
             .features = {"MAILING"}},
            authorize_email);
}

}  // namespace wharf::ui
