#include "service/letter.h"

#include <algorithm>
#include <optional>

#include "http/message.h"

#include "base/html.h"

namespace wharf::service::letter {
namespace {

constexpr std::size_t kLongestSubject = 200;

struct Link {
  std::string label, url;
};

/// A letter before it is text or HTML.
struct Draft {
  std::string subject;
  std::string greeting;  ///< The name of whom it greets; "": nobody.
  std::vector<std::string> before;
  std::optional<Link> link;
  std::vector<std::string> after;
};

struct Frame {
  std::string title, base_url;

  Link link(std::string label, std::string_view path, std::string_view code) const {
    return {std::move(label), base_url + std::string(path) + "?code=" + http::percent_encode(code)};
  }
};

constexpr const char* kIgnore = "If you did not ask for this, you need not do anything.";

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

Draft draft(const ConfirmEmail& it, const Frame& frame) {
  return {.subject = "Confirm your e-mail address",
          .greeting = it.username,
          .before = {"The account " + it.username + " was made on " + frame.title +
                     " with this e-mail address. Follow the link to show that it is yours:"},
          .link = frame.link("Confirm this address", "/confirm", it.code),
          .after = {kIgnore}};
}

Draft draft(const ChangeEmail& it, const Frame& frame) {
  return {.subject = "Confirm your new e-mail address",
          .greeting = it.username,
          .before = {"This is to become the e-mail address of your account " + it.username + " on " + frame.title +
                     ". Follow the link to show that it is yours:"},
          .link = frame.link("Use this address", "/confirm", it.code),
          .after = {kIgnore}};
}

Draft draft(const EmailChanged& it, const Frame& frame) {
  return {.subject = "Your e-mail address was changed",
          .greeting = it.username,
          .before = {"The e-mail address of your account " + it.username + " on " + frame.title + " was changed from " +
                         it.old_email + " to " + it.email + ".",
                     "If this was not you, tell the administrators of the registry."}};
}

Draft draft(const PasswordChanged& it, const Frame& frame) {
  return {.subject = "Your password was changed",
          .greeting = it.username,
          .before = {"The password of your account " + it.username + " on " + frame.title +
                         " was changed. Every session of yours was ended.",
                     "If this was not you, recover your account now and tell the administrators of the registry."}};
}

Draft draft(const Recovery& it, const Frame& frame) {
  return {.subject = "Recover your account",
          .greeting = it.username,
          .before = {"Somebody asked to get back into the account " + it.username + " on " + frame.title +
                     ". The link signs you in once, so that you can set a new password:"},
          .link = frame.link("Sign in and set a password", "/recovery", it.code),
          .after = {kIgnore}};
}

Draft draft(const OrganizationRecovery& it, const Frame& frame) {
  Draft letter{.subject = "The organization " + it.organization};
  letter.before = {"Somebody asked to get back into an account with this e-mail address on " + frame.title + ".",
                   "It is the address of the organization " + it.organization +
                       ". Nobody signs in as an organization: its administrators sign in as themselves."};
  if (!it.admins.empty()) letter.before.push_back("The administrators are: " + listed(it.admins) + ".");
  letter.after = {kIgnore};
  return letter;
}

Draft draft(const TeamInvitation& it, const Frame& frame) {
  return {.subject = "Invitation to the team " + it.team + " of " + it.organization,
          .greeting = it.username,
          .before = {it.inviter + " invites you to the team " + it.team + " of the organization " + it.organization +
                     " on " + frame.title + ":"},
          .link = frame.link("Answer the invitation", "/confirminvite", it.code),
          .after = {"If you do not know " + it.inviter + ", you need not do anything."}};
}

Draft draft(const AuthorizeRepositoryEmail& it, const Frame& frame) {
  return {.subject = "May mails about " + it.repository + " be sent to you?",
          .before = {"Somebody who administers the repository " + it.repository + " on " + frame.title +
                     " wants what happens to it to be mailed to this address. If you agree, follow the link:"},
          .link = frame.link("Agree", "/authrepoemail", it.code),
          .after = {"If you do not agree, you need not do anything."}};
}

Draft draft(const Notice& it, const Frame&) {
  Draft letter{.subject = it.subject, .before = it.paragraphs};
  if (!it.link_url.empty()) letter.link = Link{it.link_label, it.link_url};
  return letter;
}

/// One line, not too long, cut between characters.
std::string as_subject(const std::string& text) {
  std::string line;
  for (const char c : text) line += (c >= 0 && c < ' ') || c == 0x7F ? ' ' : c;
  if (line.size() <= kLongestSubject) return line;
  auto end = kLongestSubject;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return line.substr(0, end) + "…";
}

std::string as_text(const Draft& letter, const Frame& frame) {
  std::string out;
  if (!letter.greeting.empty()) out += "Hello " + letter.greeting + ",\n\n";
  for (const auto& paragraph : letter.before) out += paragraph + "\n\n";
  if (letter.link) out += "  " + letter.link->url + "\n\n";
  for (const auto& paragraph : letter.after) out += paragraph + "\n\n";
  return out + "-- \n" + frame.title + "\n" + frame.base_url + "\n";
}

std::string as_html(const Draft& letter, const Frame& frame) {
  std::string out =
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>\n<body style=\"font-family:sans-serif\">\n";
  const auto paragraph = [&out](const std::string& text) {
    std::string broken;
    for (const char c : html_escaped(text)) broken += c == '\n' ? std::string("<br>\n") : std::string(1, c);
    out += "<p>" + broken + "</p>\n";
  };
  if (!letter.greeting.empty()) paragraph("Hello " + letter.greeting + ",");
  for (const auto& text : letter.before) paragraph(text);
  if (letter.link) {
    const auto url = html_escaped(letter.link->url);
    out += "<p><a href=\"" + url + "\">" + html_escaped(letter.link->label) + "</a></p>\n<p>" + url + "</p>\n";
  }
  for (const auto& text : letter.after) paragraph(text);
  out += "<hr>\n<p><a href=\"" + html_escaped(frame.base_url) + "\">" + html_escaped(frame.title) + "</a></p>\n";
  return out + "</body></html>\n";
}

}  // namespace

Written write(const Any& letter, std::string_view title, std::string_view base_url) {
  const Frame frame{std::string(title), std::string(base_url)};
  const auto it = std::visit([&frame](const auto& each) { return draft(each, frame); }, letter);
  return {.subject = as_subject(it.subject), .text = as_text(it, frame), .html = as_html(it, frame)};
}

}  // namespace wharf::service::letter
