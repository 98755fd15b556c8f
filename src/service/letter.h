#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What is mailed to users. The codes are secrets: whoever has one may do what the link does.
namespace wharf::service::letter {

/// Sign-up: the address is the user's. Link: /confirm?code=
struct ConfirmEmail {
  std::string username, code;
};

/// Goes to the new address. Link: /confirm?code=
struct ChangeEmail {
  std::string username, code;
};

/// Goes to the old address.
struct EmailChanged {
  std::string username, old_email, email;
};

struct PasswordChanged {
  std::string username;
};

/// Link: /recovery?code=
struct Recovery {
  std::string username, code;
};

/// The address is of an organization, as which nobody signs in.
struct OrganizationRecovery {
  std::string organization;
  std::vector<std::string> admins;
};

/// Link: /confirminvite?code=
struct TeamInvitation {
  std::string username;  ///< "": whoever reads the mail.
  std::string inviter, organization, team, code;
};

/// May this address be mailed about the repository? Link: /authrepoemail?code=
struct AuthorizeRepositoryEmail {
  std::string repository;  ///< "acme/app"
  std::string code;
};

/// Anything else: what happened to a repository, an export that is ready.
struct Notice {
  std::string subject;
  std::vector<std::string> paragraphs;
  std::string link_label, link_url;  ///< "": no link.
};

using Any = std::variant<ConfirmEmail, ChangeEmail, EmailChanged, PasswordChanged, Recovery, OrganizationRecovery,
                         TeamInvitation, AuthorizeRepositoryEmail, Notice>;

struct Written {
  std::string subject, text, html;
};

/// The letter in words. `title` is the registry's name, `base_url` begins the links: "https://registry.example.com".
Written write(const Any& letter, std::string_view title, std::string_view base_url);

}  // namespace wharf::service::letter
