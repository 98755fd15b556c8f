#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "base/testing_clock.h"
#include "base/testing_folder.h"
#include "blob/backends.h"
#include "service/gc.h"
#include "service/login_testing.h"
#include "service/mail.h"
#include "service/registry_identity.h"

namespace wharf::service::testing {

/// A database and a blob store with a collector of its own.
class GarbageYard {
 public:
  /// `blobs` outlives it.
  explicit GarbageYard(blob::BlobStore& blobs) : blobs_(blobs) {
    settle_identity(*people.db, people.secret, people.secret).value();
  }

  ClockKeeper clock;
  People people;
  MailService mails{*people.db, people.settings, people.box};

  Tools tools() {
    return {.db = *people.db,
            .settings = people.settings,
            .secrets = people.box,
            .encrypted = people.encrypted,
            .key = people.secret,
            .passwords = people.pool,
            .blobs = blobs_,
            .users = people.users,
            .logins = people.logins,
            .mails = mails};
  }

  template <class T>
  T get(const char* sql) {
    const db::Query query{"test.get", sql};
    auto read = [&](db::Tx& tx) { return tx.get<T>(query); };
    return people.db->read_now(read);
  }

 private:
  blob::BlobStore& blobs_;
};

}  // namespace wharf::service::testing
