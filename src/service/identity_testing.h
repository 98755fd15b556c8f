#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "blob/backends.h"
#include "service/invitation.h"
#include "service/login_testing.h"
#include "service/mail.h"
#include "service/organization.h"
#include "service/permission.h"
#include "service/robot.h"
#include "service/team.h"

namespace wharf::service::testing {

/// The organization `acme` with its repository `acme/app`, everybody who can have to do with them, and the services.
///
///   owner    in the team `owners` (admin)        reader, writer, manager  have a role on acme/app by name
///   maker    in the team `makers` (creator)      stranger                 has nothing
///   member   in the team `devs` (member)         root, watcher            a superuser, a read-only one
///   acme+ci  a robot that administers acme/app   globex                   another organization, of stranger
class Acme : public People {
 public:
  explicit Acme(Settings wanted = {})
      : People(with_rules(std::move(wanted))),
        blobs(blob::make_memory_blob_store()),
        mails(*db, settings, box),
        organizations(*db, settings),
        teams(*db),
        robots(*db, settings, box),
        permissions(*db),
        invitations(Tools{.db = *db,
                          .settings = settings,
                          .secrets = box,
                          .encrypted = encrypted,
                          .key = secret,
                          .passwords = pool,
                          .blobs = *blobs,
                          .users = users,
                          .logins = logins,
                          .mails = mails}) {
    for (const auto* name :
         {"owner", "maker", "member", "reader", "writer", "manager", "stranger", "root", "watcher"}) {
      user(name);
    }
    organization("acme");
    team("acme", "owners", store::kTeamAdmin, {"owner"});
    team("acme", "makers", store::kCreator, {"maker"});
    devs = team("acme", "devs", store::kMember, {"member"});
    organization("globex");
    team("globex", "owners", store::kTeamAdmin, {"stranger"});
    robot("acme+ci");
    app = repository("acme", "app");
    allow(app, "reader", store::kRead);
    allow(app, "writer", store::kWrite);
    allow(app, "manager", store::kAdmin);
    allow(app, "acme+ci", store::kAdmin);
  }

  /// "" for the anonymous, "owner", or "owner:org:admin" for a token of that scope (several with commas).
  auth::Principal caller(const std::string& text) {
    const auto colon = text.find(':');
    auto person = who(text.substr(0, colon));
    if (colon != std::string::npos) {
      person.means = auth::Principal::Means::oauth_token;
      person.scopes = auth::ScopeSet::parse(text.substr(colon + 1));
    }
    return person;
  }

  /// A name that nothing has yet.
  std::string fresh(const std::string& stem) { return stem + std::to_string(++count_); }

  std::unique_ptr<blob::BlobStore> blobs;
  MailService mails;
  OrganizationService organizations;
  TeamService teams;
  RobotService robots;
  PermissionService permissions;
  InvitationService invitations;
  std::int64_t devs = 0;
  std::int64_t app = 0;
  const RepoName repo{"acme", "app"};

 private:
  static Settings with_rules(Settings wanted) {
    wanted.super_users = {"root"};
    wanted.read_only_super_users = {"watcher"};
    wanted.features.mailing = false;
    return wanted;
  }
  int count_ = 0;
};

/// The HTTP status that a result means: 200 for a success.
template <class T>
int status_of(const Result<T>& result) {
  return result ? 200 : error_row(result.error().code).status;
}

}  // namespace wharf::service::testing
