#include "service/avatar.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace wharf::service {
namespace {

TEST(Avatar, IsMadeOfTheAddressOrElseOfTheName) {
  const auto by_name = make_avatar(AvatarKind::team, "devs");
  EXPECT_EQ(by_name.hash, Digest::of("devs").hex());
  const auto by_email = make_avatar(AvatarKind::user, "alice", " Alice@Example.COM\n");
  EXPECT_EQ(by_email.hash, Digest::of("alice@example.com").hex());
  EXPECT_EQ(by_email.name, "alice");
  EXPECT_EQ(make_avatar(AvatarKind::user, "alice", "").hash, Digest::of("alice").hex());
}

TEST(Avatar, IsHashedAsGravatarWantsIt) {
  set_gravatar(true);
  const auto avatar = make_avatar(AvatarKind::user, "alice", " Alice@Example.COM ");
  const auto by_name = make_avatar(AvatarKind::team, "devs");
  set_gravatar(false);
  EXPECT_EQ(avatar.hash, "c160f8cc69a4f0bf2b0362752353d060") << "md5sum of the address in small letters";
  EXPECT_EQ(by_name.hash.size(), 32u);
}

TEST(Avatar, TakesItsColorFromTheFirstByteOfTheHash) {
  // The hashes start with 03 and 2b: 3, and 43 - 32 = 11.
  EXPECT_EQ(make_avatar(AvatarKind::team, "devs").color, "#ffbb78");
  EXPECT_EQ(make_avatar(AvatarKind::team, "DEVS").color, "#ffbb78");
  EXPECT_EQ(make_avatar(AvatarKind::user, "alice").color, "#c49c94");
}

}  // namespace
}  // namespace wharf::service
