#include "net/address_policy.h"

#include <gmock/gmock.h>

namespace wharf::net {
namespace {

using boost::asio::ip::make_address;
using ::testing::HasSubstr;

std::string spelled(std::string_view text) {
  const auto address = parse_any_ipv4(text);
  return address ? address->to_string() : "none";
}

TEST(AnyIpv4, IsReadInEverySpelling) {
  for (const auto* text : {"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
                           "017700000001", "0X7F.0x0.0.01", "00177.0.0.1", "127.0.0x1"}) {
    EXPECT_EQ(spelled(text), "127.0.0.1") << text;
  }
  EXPECT_EQ(spelled("0"), "0.0.0.0");
  EXPECT_EQ(spelled("4294967295"), "255.255.255.255");
  EXPECT_EQ(spelled("1.2.65535"), "1.2.255.255");
}

TEST(AnyIpv4, IsNothingElse) {
  for (const auto* text : {"",           ".",         "1.2.3.4.5", "1.2.3.",    ".1.2.3",
                           "1..2",       "256.1.1.1", "1.256.1",   "1.2.65536", "1.16777216",
                           "4294967296", "0x",        "08.1.1.1",  "a.b",       "1.2.3.4 ",
                           "-1",         "+1",        "1.2.3.-4",  "0x7f.0x",   "99999999999999999999"}) {
    EXPECT_EQ(spelled(text), "none") << text;
  }
}

TEST(PublicAddress, IsNoneOfTheOthers) {
  const char* const closed[] = {
      "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
      "127.0.0.1", "127.255.255.255", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.192",
      "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1",
      "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
      // IPv6 of its own
      "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "fdff::1", "ff02::1", "ff0e::1",
      "2001:db8::1", "3fff::1", "100::1", "5f00::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1",
      "4000::1", "64:ff9b:1::10.0.0.1",
      // IPv6 that carries an IPv4 address
      "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1", "::8.8.8.8",
      "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "64:ff9b::a9fe:a9fe",
      "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::", "2600::5efe:10.0.0.1",
      "2600::200:5efe:192.168.0.1"};
  for (const auto* text : closed) EXPECT_FALSE(is_public(make_address(text))) << text;

  const char* const open[] = {
      "1.1.1.1",        "8.8.8.8",         "9.255.255.255",    "11.0.0.0",        "100.63.255.255",
      "100.128.0.0",    "126.255.255.255", "128.0.0.0",        "169.253.255.255", "169.255.0.0",
      "172.15.255.255", "172.32.0.0",      "192.0.1.1",        "192.167.1.1",     "192.169.0.0",
      "198.17.255.255", "198.20.0.0",      "203.0.112.1",      "223.255.255.255", "168.63.129.17",
      "2600::1",        "2606:4700::1",    "2001:4860::8888",  "2001:200::1",     "2a00::1",
      "3ffe::1",        "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8", "2002:808:808::1", "2600::5efe:8.8.8.8"};
  for (const auto* text : open) EXPECT_TRUE(is_public(make_address(text))) << text;
}

bool covers(std::string_view block, const std::string& address) {
  const auto parsed = Cidr::parse(block);
  return parsed && parsed->contains(make_address(address));
}

TEST(Cidr, CoversItsAddresses) {
  EXPECT_TRUE(covers("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(covers("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(covers("10.1.2.3/8", "10.9.9.9"));
  EXPECT_TRUE(covers("10.1.2.3", "10.1.2.3"));
  EXPECT_FALSE(covers("10.1.2.3", "10.1.2.4"));
  EXPECT_TRUE(covers("0.0.0.0/0", "255.1.1.1"));
  EXPECT_TRUE(covers("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(covers("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(covers("fd00::/8", "fdab::1"));
  EXPECT_FALSE(covers("fd00::/8", "fc00::1"));
  EXPECT_TRUE(covers("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(covers("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(covers("[2001:db8::1]", "2001:db8::1"));
  EXPECT_TRUE(covers("::/0", "2001:db8::1"));
}

TEST(Cidr, MeansTheSameForMappedAddresses) {
  EXPECT_TRUE(covers("10.0.0.0/8", "::ffff:10.1.1.1"));
  EXPECT_TRUE(covers("::ffff:10.0.0.0/104", "10.1.1.1"));
  EXPECT_FALSE(covers("::ffff:10.0.0.0/104", "11.1.1.1"));
  EXPECT_FALSE(covers("0.0.0.0/0", "2001:db8::1"));
  EXPECT_FALSE(covers("::/0", "10.1.1.1"));
}

TEST(Cidr, IsNothingElse) {
  for (const auto* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8",
                           "fd00::/129", "fe80::1%eth0", "example.com", "example.com/8", "10.0.0.0/ 8", "127.1"}) {
    EXPECT_FALSE(Cidr::parse(text)) << text;
  }
}

std::string message_of(const Result<Url>& url) { return url ? "fine" : url.error().message; }

TEST(Url, IsTakenApart) {
  const auto url = parse_url("HTTPS://Hooks.Example.COM.:8443/a/../b?x=1#part");
  ASSERT_TRUE(url) << message_of(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/../b?x=1");
  EXPECT_EQ(to_string(*url), "https://hooks.example.com:8443/a/../b?x=1");
  EXPECT_EQ(parse_url("http://example.com")->port, 80);
  EXPECT_EQ(to_string(*parse_url("http://example.com:80?x")), "http://example.com/?x");
  EXPECT_EQ(parse_url("https://example.com")->port, 443);
  EXPECT_EQ(parse_url("http://[2001:DB8::1]:81/")->host, "2001:db8::1");
  EXPECT_EQ(to_string(*parse_url("http://[2001:DB8::1]:81/")), "http://[2001:db8::1]:81/");
  EXPECT_EQ(parse_url("http://0x7f.1/")->host, "127.0.0.1");
}

TEST(Url, MustBeOneOfTheWebWithAHost) {
  for (const auto* text : {"",
                           "example.com",
                           "//example.com/",
                           "ftp://example.com/",
                           "file:///etc/passwd",
                           "gopher://example.com/",
                           "http:example.com",
                           "http:/example.com",
                           "http://",
                           "http:///path",
                           "https://?x",
                           "http://:80/",
                           "http://user@example.com/",
                           "http://user:password@example.com/",
                           "http://@example.com/",
                           "http://example.com:password@127.0.0.1/",
                           "http://exa mple.com/",
                           "http://example.com/a b",
                           "http://example.com\\@127.0.0.1/",
                           "http://example.com\r\nX: y/",
                           "http://example.com:0/",
                           "http://example.com:65536/",
                           "http://example.com:x/",
                           "http://.example.com/",
                           "http://exa..mple.com/",
                           "http://example.com../",
                           "http://b\xC3\xBC"
                           "cher.example/",
                           "http://256.1.1.1/",
                           "http://1.2.3.4.5/",
                           "http://08.1.1.1/",
                           "http://[::1/",
                           "http://[fe80::1%25eth0]/",
                           "http://[example.com]/",
                           "http://[]/",
                           "http://exa%6Dple%2Ecom:a/",
                           "javascript:alert(1)",
                           "http://exam_ple!.com/"}) {
    const auto url = parse_url(text);
    EXPECT_FALSE(url) << text;
    if (!url) EXPECT_EQ(url.error().code, Errc::invalid_request);
  }
  EXPECT_FALSE(parse_url("http://example.com/" + std::string(10'000, 'a')));
  EXPECT_FALSE(parse_url("http://" + std::string(64, 'a') + ".com/"));
}

TEST(AddressPolicy, LetsPublicHostsThrough) {
  const AddressPolicy policy;
  for (const auto* text : {"https://hooks.example.com/x", "http://8.8.8.8:9000/", "https://[2606:4700::1]/",
                           "http://localhost.example.com/", "http://mylocal/", "http://internal.example.com/",
                           "http://notlocalhost/", "http://metadatas.example.com/"}) {
    EXPECT_EQ(message_of(policy.check_url(text)), "fine") << text;
  }
}

TEST(AddressPolicy, KeepsLocalHostsOut) {
  const AddressPolicy policy;
  for (const auto* host :
       {"localhost", "LOCALHOST", "localhost.", "LocalHost.", "a.localhost", "localhost.localdomain", "printer.local",
        "PRINTER.LOCAL.", "db.internal", "metadata.google.internal", "metadata", "metadata.goog", "METADATA.goog.",
        "metadata.azure.com", "instance-data", "instance-data.ec2.internal", "router.home.arpa", "ip6-localhost",
        "ip6-loopback",
        // Addresses, in every spelling
        "127.0.0.1", "127.0.0.1.", "127.1", "2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1", "017700000001", "0",
        "0.0.0.0", "10.0.0.1", "0xa.1", "012.0.0.1", "167772161", "172.16.0.1", "192.168.1.1", "3232235777",
        "169.254.169.254", "0xA9FEA9FE", "2852039166", "0251.0376.0251.0376", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]",
        "[::FFFF:7F00:1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::127.0.0.1]", "[64:FF9B::A00:1]", "[2002:7f00:1::]",
        "[fe80::1]", "[fc00::1]", "[FD00:EC2::254]", "[ff02::1]", "[::127.0.0.1]", "%6cocalhost", "127.0.0.%31"}) {
    const auto url = policy.check_url("http://" + std::string(host) + "/");
    EXPECT_FALSE(url) << host;
    if (!url) EXPECT_EQ(url.error().code, Errc::invalid_request);
  }
  EXPECT_THAT(message_of(policy.check_url("http://localhost/")), HasSubstr("local"));
  EXPECT_THAT(message_of(policy.check_url("http://10.1.1.1/")), HasSubstr("not a public one"));
}

TEST(AddressPolicy, LetsThroughWhatIsAllowed) {
  const AddressPolicy policy({.allowed = {"Hooks.Internal.", "10.1.0.0/16", "::1", "0x7f.1", "localhost"}});
  EXPECT_TRUE(policy.check_url("http://hooks.internal/"));
  EXPECT_TRUE(policy.may_connect("hooks.internal", make_address("192.168.1.1")));
  EXPECT_FALSE(policy.check_url("http://other.internal/"));
  EXPECT_FALSE(policy.check_url("http://a.hooks.internal/"));
  EXPECT_FALSE(policy.may_connect("example.com", make_address("192.168.1.1")));
  EXPECT_TRUE(policy.check_url("http://10.1.2.3/"));
  EXPECT_TRUE(policy.check_url("http://[::ffff:10.1.2.3]/"));
  EXPECT_TRUE(policy.may_connect("example.com", make_address("10.1.2.3")));
  EXPECT_FALSE(policy.check_url("http://10.2.2.3/"));
  EXPECT_FALSE(policy.check_url("http://[2002:a01:203::]/"));
  EXPECT_TRUE(policy.check_url("http://[::1]/"));
  EXPECT_TRUE(policy.check_url("http://2130706433/"));
  EXPECT_FALSE(policy.check_url("http://127.0.0.2/"));
  EXPECT_TRUE(policy.check_url("http://LOCALHOST:8080/"));
}

TEST(AddressPolicy, KeepsOutWhatIsForbiddenEvenWhenItIsAllowed) {
  const AddressPolicy policy(
      {.allowed = {"10.0.0.0/8", "evil.example"}, .forbidden = {"Evil.Example", "10.6.0.0/16", "8.8.8.8"}});
  EXPECT_FALSE(policy.check_url("http://evil.example/"));
  EXPECT_FALSE(policy.check_url("http://EVIL.example./"));
  EXPECT_FALSE(policy.check_url("http://deep.evil.example/"));
  EXPECT_TRUE(policy.check_url("http://notevil.example/"));
  EXPECT_TRUE(policy.check_url("http://10.5.1.1/"));
  EXPECT_FALSE(policy.check_url("http://10.6.1.1/"));
  EXPECT_FALSE(policy.check_url("http://134744072/"));
  EXPECT_FALSE(policy.may_connect("example.com", make_address("8.8.8.8")));
  EXPECT_FALSE(policy.may_connect("example.com", make_address("::ffff:8.8.8.8")));
  EXPECT_FALSE(policy.may_connect("example.com", make_address("64:ff9b::8.8.8.8")));
  EXPECT_TRUE(policy.may_connect("example.com", make_address("8.8.4.4")));
}

TEST(AddressPolicy, ChecksHostsByThemselves) {
  const AddressPolicy policy;
  EXPECT_TRUE(policy.check_host("registry.example.com"));
  EXPECT_FALSE(policy.check_host("localhost"));
  EXPECT_FALSE(policy.check_host("[::1]"));
  EXPECT_FALSE(policy.check_host("::1"));
  EXPECT_FALSE(policy.check_host("registry.example.com:5000"));
  EXPECT_FALSE(policy.check_host(""));
}

TEST(AddressPolicy, TakesNoNoticeOfWhatIsNeither) {
  const AddressPolicy policy({.allowed = {"10.0.0.0/99", "", "*", "http://10.0.0.1"}});
  EXPECT_FALSE(policy.check_url("http://10.0.0.1/"));
}

}  // namespace
}  // namespace wharf::net
