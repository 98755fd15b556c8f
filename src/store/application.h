#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "store/account.h"

/// OAuth applications of organizations, and those of users that hold the tokens made for them.
namespace wharf::store {

struct NewApplication {
  std::int64_t namespace_id = 0;
  std::string client_id;
  std::string name;
  std::string description;
  std::string sealed_secret;  ///< SecretBox, context "application:<client_id>".
  std::string application_uri{};
  std::string redirect_uri{};
  std::optional<std::string> avatar_email{};
};
/// Answers its id. Throws ConstraintViolation when the client id is taken.
std::int64_t insert_application(db::Tx& tx, const NewApplication& wanted, Millis now);

/// The id of the namespace's oldest application with this name.
std::optional<std::int64_t> find_application(db::Tx& tx, std::int64_t namespace_id, std::string_view name);

struct Application {
  std::int64_t id = 0;
  std::int64_t organization_id = 0;
  std::string client_id;
  std::string name;
  std::string description;
  std::string application_uri;
  std::string redirect_uri;
  std::optional<std::string> avatar_email;
  std::string sealed_secret;
};
BOOST_DESCRIBE_STRUCT(Application, (),
                      (id, organization_id, client_id, name, description, application_uri, redirect_uri, avatar_email,
                       sealed_secret))

/// The application of an organization that has this client id; nothing for those of users.
std::optional<Application> find_application_by_client(db::Tx& tx, std::string_view client_id);
/// Oldest first.
std::vector<Application> list_applications(db::Tx& tx, std::int64_t organization_id);
/// Sets all that its admins may change.
void update_application(db::Tx& tx, const Application& application);
void set_application_secret(db::Tx& tx, std::int64_t application_id, const std::string& sealed_secret);
/// Its tokens, codes and assignments go with it.
void delete_application(db::Tx& tx, std::int64_t application_id);

}  // namespace wharf::store
