#include "service/notification_method.h"

#include <algorithm>
#include <array>

#include "base/html.h"
#include "base/names.h"
#include "http/message.h"
#include "net/mailer.h"
#include "service/json_template.h"
#include "store/account.h"
#include "store/organization.h"
#include "store/repository_email.h"
#include "store/team.h"

namespace wharf::service {
namespace {

constexpr std::string_view kWebhook = "webhook", kEmail = "email", kSlack = "slack", kHipchat = "hipchat",
                           kFlowdock = "flowdock", kInApp = "quay_notification";
constexpr std::array kMethods = {kWebhook, kEmail, kSlack, kHipchat, kFlowdock, kInApp};

// A body larger than that is not sent.
constexpr std::size_t kMostBodyBytes = 1024 * 1024;
// Nobody needs a webhook's answer.
constexpr std::size_t kMostReplyBytes = 256 * 1024;
constexpr std::int64_t kMostMembers = 1'000;

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

std::string text_at(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// A room's number or name.
std::string room_of(const json::Object& config) {
  const auto* value = config.if_contains("room_id");
  if (value != nullptr && (value->is_int64() || value->is_uint64())) return json::to_text(*value);
  return text_at(config, "room_id");
}

Result<void> check_url(const MethodRules& rules, const json::Object& config, std::string_view what) {
  const auto url = text_at(config, "url");
  if (url.empty()) return invalid("Missing " + std::string(what) + " URL");
  if (auto ok = rules.policy.check_url(url); !ok) return invalid("config.url: " + ok.error().message);
  return {};
}

Result<void> check_template(const json::Object& config) {
  const auto* wanted = config.if_contains("template");
  if (wanted == nullptr || wanted->is_null()) return {};
  if (!wanted->is_string()) return invalid("config.template: must be a string");
  if (wanted->get_string().empty()) return {};
  auto parsed = JsonTemplate::parse(wanted->get_string());
  if (!parsed) return invalid("config." + parsed.error().message);
  return {};
}

/// The event with nothing in it that markup would be read in.
RepositoryEvent escaped(const RepositoryEvent& event) {
  struct Escape {
    static json::Value of(const json::Value& value) {
      if (const auto* text = value.if_string()) return json::Value(html_escaped(std::string_view(*text)));
      if (const auto* object = value.if_object()) {
        json::Object out;
        for (const auto& entry : *object) out[entry.key()] = of(entry.value());
        return out;
      }
      if (const auto* array = value.if_array()) {
        json::Array out;
        for (const auto& entry : *array) out.push_back(of(entry));
        return out;
      }
      return value;
    }
  };
  auto safe = event;
  safe.data = Escape::of(event.data).as_object();
  safe.performer = html_escaped(event.performer);
  return safe;
}

std::string html_of(const RepositoryEvent& event) {
  const auto link =
      "<a href=\"" + html_escaped(event_homepage(event)) + "\">" + html_escaped(event.repository.text()) + "</a>";
  return sentence_of(escaped(event), link);
}

std::string_view slack_color(EventLevel level) {
  switch (level) {
    case EventLevel::warning:
      return "warning";
    case EventLevel::error:
      return "danger";
    case EventLevel::success:
    case EventLevel::primary:
      return "good";
    case EventLevel::info:
      break;
  }
  return "#ffffff";
}

std::string_view hipchat_color(EventLevel level) {
  switch (level) {
    case EventLevel::warning:
      return "yellow";
    case EventLevel::error:
      return "red";
    case EventLevel::success:
      return "green";
    case EventLevel::primary:
      return "purple";
    case EventLevel::info:
      break;
  }
  return "gray";
}

json::Object slack_message(const RepositoryEvent& event) {
  const auto summary = html_escaped(summary_of(event));
  const auto link = '<' + event_homepage(event) + '|' + html_escaped(event.repository.text()) + '>';
  const json::Object attachment{{"fallback", summary},
                                {"text", sentence_of(escaped(event), link)},
                                {"color", slack_color(level_of(event))},
                                {"mrkdwn_in", {"text"}}};
  return {{"text", summary}, {"username", "quayiobot"}, {"attachments", json::Array{attachment}}};
}

json::Object hipchat_message(const RepositoryEvent& event) {
  const auto level = level_of(event);
  return {{"color", hipchat_color(level)},
          {"message", html_of(event)},
          {"notify", level == EventLevel::error},
          {"message_format", "html"}};
}

json::Object flowdock_message(const Settings& settings, const RepositoryEvent& event) {
  return {{"source", settings.registry_title_short},
          {"from_address", settings.mail_sender},
          {"subject", summary_of(event)},
          {"content", html_of(event)},
          {"from_name", event.performer.empty() ? event.repository.ns : event.performer},
          {"project", event.repository.ns + ' ' + event.repository.name},
          {"tags", json::Array{json::Value("#" + event.event)}},
          {"link", event_homepage(event)}};
}

Result<std::string> webhook_body(const RepositoryEvent& event, const json::Object& config) {
  const auto body = event_body(event);
  const auto wanted = text_at(config, "template");
  if (wanted.empty()) return json::to_text(body);
  const auto parsed = JsonTemplate::parse(wanted);
  if (!parsed) return parsed.error();
  const auto filled = parsed->fill(body, kMostBodyBytes);
  if (!filled) return filled.error();
  return json::to_text(*filled);
}

}  // namespace

bool is_notification_method(std::string_view method) { return std::ranges::find(kMethods, method) != kMethods.end(); }

Result<void> check_method_config(db::Tx& tx, const MethodRules& rules, const NotifyingRepository& repository,
                                 std::string_view method, const json::Object& config) {
  if (method == kWebhook) {
    if (auto ok = check_url(rules, config, "webhook"); !ok) return ok;
    return check_template(config);
  }
  if (method == kSlack) return check_url(rules, config, "Slack webhook");
  if (method == kHipchat) {
    if (text_at(config, "notification_token").empty()) return invalid("Missing Hipchat Room Notification Token");
    if (room_of(config).empty()) return invalid("Missing Hipchat Room ID");
    return {};
  }
  if (method == kFlowdock) {
    if (text_at(config, "flow_api_token").empty()) return invalid("Missing Flowdock API Token");
    return {};
  }
  if (method == kEmail) {
    if (auto ok = notified_address(tx, rules.settings, repository, config); !ok) return ok.error();
    return {};
  }
  if (auto ok = notified_accounts(tx, repository, config); !ok) return ok.error();
  return {};
}

Result<std::vector<std::int64_t>> notified_accounts(db::Tx& tx, const NotifyingRepository& repository,
                                                    const json::Object& config) {
  const auto* target = config.if_contains("target");
  const auto* named = target != nullptr ? target->if_object() : nullptr;
  const auto kind = named != nullptr ? text_at(*named, "kind") : std::string();
  const auto name = named != nullptr ? text_at(*named, "name") : std::string();
  if (kind.empty() || name.empty()) return invalid("Missing target");
  const bool possible = is_namespace_segment(name);
  if (kind == "user") {
    const auto user = possible ? store::find_account(tx, name) : std::nullopt;
    if (!user || user->kind != store::AccountKind::user) return invalid("Unknown user " + name);
    return std::vector{user->id};
  }
  if (kind == "org") {
    if (name != repository.ns || !repository.is_organization) {
      return invalid("Organization name must match repository namespace");
    }
    return store::list_organization_users(tx, repository.namespace_id, kMostMembers);
  }
  if (kind == "team") {
    const auto team =
        possible && repository.is_organization ? store::find_team(tx, repository.namespace_id, name) : std::nullopt;
    if (!team) return invalid("Unknown team " + name);
    return store::list_team_users(tx, team->id, kMostMembers);
  }
  return invalid("config.target.kind: must be one of user, org, team");
}

Result<std::string> notified_address(db::Tx& tx, const Settings& settings, const NotifyingRepository& repository,
                                     const json::Object& config) {
  if (!settings.features.mailing) return invalid("This registry sends no mail");
  const auto address = text_at(config, "email");
  if (address.empty()) return invalid("Missing e-mail address");
  const auto known =
      is_email(address) ? store::find_repository_email(tx, repository.id, lower_ascii(address)) : std::nullopt;
  if (!known || !known->confirmed) {
    return invalid("The specified e-mail address is not authorized to receive notifications for this repository");
  }
  return address;
}

letter::Notice notification_letter(const RepositoryEvent& event) {
  letter::Notice notice;
  notice.subject = summary_of(event);
  notice.paragraphs = {sentence_of(event, event.repository.text()) + '.'};
  if (const auto* found = event.data.if_contains("vulnerability"); found != nullptr && found->is_object()) {
    if (auto text = text_at(found->get_object(), "description"); !text.empty()) notice.paragraphs.push_back(text);
  }
  notice.link_label = "Look at the repository";
  notice.link_url = event_homepage(event);
  return notice;
}

Result<net::HttpRequest> notification_request(const Settings& settings, const RepositoryEvent& event,
                                              std::string_view method, const json::Object& config) {
  net::HttpRequest request;
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}};
  request.largest_reply_bytes = kMostReplyBytes;
  const std::chrono::seconds timeout(settings.notification_timeout_s);
  request.timeouts = {.connect = timeout, .whole = timeout, .stall = timeout};
  if (method == kHipchat) {
    request.url = settings.hipchat_url + "/v2/room/" + http::percent_encode(room_of(config)) +
                  "/notification?auth_token=" + http::percent_encode(text_at(config, "notification_token"));
    request.body = json::to_text(hipchat_message(event));
  } else if (method == kFlowdock) {
    request.url =
        settings.flowdock_url + "/v1/messages/team_inbox/" + http::percent_encode(text_at(config, "flow_api_token"));
    request.body = json::to_text(flowdock_message(settings, event));
  } else if (method == kSlack) {
    request.url = text_at(config, "url");
    request.body = json::to_text(slack_message(event));
  } else {
    request.url = text_at(config, "url");
    auto body = webhook_body(event, config);
    if (!body) return body.error();
    request.body = std::move(*body);
  }
  return request;
}

}  // namespace wharf::service
