#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "auth/principal.h"
#include "auth/registry_token.h"
#include "http/message.h"
#include "http/operation.h"
#include "service/settings.h"

namespace wharf::service {

class UserService;
class OrganizationService;
class TeamService;
class RobotService;
class PermissionService;
class RepositoryService;
class TagService;
class ManifestService;
class UploadService;
class BlobService;
class LoginService;
class TokenService;
class ScanService;
class HealthService;
class SessionService;
class ProfileService;
class UserNotificationService;
class StarService;
class PrototypeService;
class InvitationService;
class FederationService;
class ApplicationService;
class OAuthService;
class AppTokenService;
class AuditLogService;
class SuperuserService;
class ServiceKeyService;
class MessageService;
class RegistrySizeService;
class InsightService;
class GarbageService;
class LabelService;
class ImmutabilityService;
class SearchService;
class NotificationService;
class RepositoryEmailService;
class EventService;
class PullCountService;
class MailService;

/// What the server publishes about itself. app/ fills it once the operation table is complete.
struct Published {
  std::function<std::shared_ptr<const std::string>()> openapi;  ///< The OpenAPI document.
  /// Quay's discovery document as reached under a base address; with true the internal operations too.
  std::function<std::string(const std::string& base_url, bool internal)> discovery;
  std::function<awaitable<std::string>()> metrics;  ///< In Prometheus' text format.
};

/// Every service of the product, built once by app/ and alive as long as the server.
struct Services {
  const Settings& settings;
  UserService& users;
  OrganizationService& organizations;
  TeamService& teams;
  RobotService& robots;
  PermissionService& permissions;
  RepositoryService& repositories;
  TagService& tags;
  ManifestService& manifests;
  UploadService& uploads;
  BlobService& blobs;
  LoginService& logins;
  TokenService& tokens;
  ScanService& scans;
  HealthService& health;
  SessionService& sessions;
  ProfileService& profiles;
  UserNotificationService& user_notifications;
  StarService& stars;
  PrototypeService& prototypes;
  InvitationService& invitations;
  FederationService& federations;
  ApplicationService& applications;
  OAuthService& oauth;
  AppTokenService& app_tokens;
  AuditLogService& audit_log;
  SuperuserService& superusers;
  ServiceKeyService& service_keys;
  MessageService& messages;
  RegistrySizeService& registry_size;
  InsightService& insight;
  GarbageService& garbage;
  LabelService& labels;
  ImmutabilityService& immutability;
  SearchService& search;
  NotificationService& notifications;
  RepositoryEmailService& repository_emails;
  EventService& events;
  PullCountService& pull_counts;
  MailService& mails;
  const Published& published;
};

/// What a handler gets of one request.
struct Call {
  auth::Principal who;
  Services& services;
  http::Request& request;
  std::shared_ptr<const auth::RegistryToken> token;  ///< Of a registry operation; null when none was sent.
  std::string csrf_token;                            ///< Of the caller's session; "" without one.
  std::string base_url;  ///< "http://localhost:8080": the scheme and host under which the client reached us.
};

using OperationTable = http::OperationTable<Call>;

}  // namespace wharf::service
