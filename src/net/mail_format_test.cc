#include "net/mail_format.h"

#include <gmock/gmock.h>

#include "net/testing.h"

namespace wharf::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::parse_mail;

constexpr Millis kAt = 1'700'000'000'000;

std::string formatted(const Mail& mail, const std::string& sender = "wharf@example.com") {
  auto message = format_mail(mail, sender, kAt, "id@example.com");
  EXPECT_TRUE(message) << message.error().message;
  return message ? *message : "";
}

/// Of a message: lines end with CR LF, none is over the length that RFC 5322 asks for, all is ASCII.
void expect_proper(const std::string& message) {
  ASSERT_TRUE(message.ends_with("\r\n"));
  std::size_t begin = 0;
  while (begin < message.size()) {
    const auto end = message.find("\r\n", begin);
    const auto line = message.substr(begin, end - begin);
    EXPECT_LE(line.size(), 78u) << line;
    EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
    for (const char c : line) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\t') << line;
    begin = end + 2;
  }
}

TEST(MailFormat, IsAPlainTextMail) {
  const auto message = formatted({.to = "ada@example.com", .subject = "Hello", .text = "One\nTwo = 2\n"});
  EXPECT_EQ(message,
            "Date: Tue, 14 Nov 2023 22:13:20 -0000\r\n"
            "From: wharf@example.com\r\n"
            "To: ada@example.com\r\n"
            "Subject: Hello\r\n"
            "Message-ID: <id@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "One\r\n"
            "Two =3D 2\r\n");
}

TEST(MailFormat, HasBothTextsForThoseWhoLikeOne) {
  const auto message =
      formatted({.to = "ada@example.com", .subject = "Both", .text = "plain\n", .html = "<p>rich</p>"});
  expect_proper(message);
  EXPECT_THAT(message, HasSubstr("Content-Type: multipart/alternative; boundary=\""));
  EXPECT_LT(message.find("text/plain"), message.find("text/html"));
  const auto mail = parse_mail(message);
  EXPECT_EQ(mail.text, "plain\n");
  EXPECT_EQ(mail.html, "<p>rich</p>\n");
}

TEST(MailFormat, CarriesEveryLanguage) {
  std::string subject, text;
  for (int i = 0; i < 30; ++i) subject += "Größe 容器 🚢 ";
  for (int i = 0; i < 100; ++i) text += subject + std::string(static_cast<std::size_t>(i), 'x') + " \t\n";
  text += ".\n..\n.hidden\nFrom here\n=3D\n   \n\n";
  const auto message = formatted({.to = "ada@example.com", .subject = subject, .text = text, .html = text},
                                 "Schiffs\xC3\xA4mter <wharf@example.com>");
  expect_proper(message);
  const auto mail = parse_mail(message);
  EXPECT_EQ(mail.subject(), subject);
  EXPECT_EQ(mail.text, text);
  EXPECT_EQ(mail.html, text);
  EXPECT_THAT(mail.header("from"), HasSubstr("Schiffs\xC3\xA4mter"));
  EXPECT_THAT(mail.header("from"), HasSubstr("<wharf@example.com>"));
}

TEST(MailFormat, KeepsSubjectsThatLookEncoded) {
  for (const std::string& subject :
       std::vector<std::string>{"=?UTF-8?B?SGk=?=", " spaced ", "", std::string(200, 'a')}) {
    const auto message = formatted({.to = "ada@example.com", .subject = subject, .text = "x"});
    expect_proper(message);
    EXPECT_EQ(parse_mail(message).subject(), subject);
  }
}

TEST(MailFormat, QuotesTheSendersName) {
  const auto message =
      formatted({.to = "ada@example.com", .subject = "x", .text = "x"}, "Ada, \\ of W <w@example.com>");
  EXPECT_THAT(message, HasSubstr("From: \"Ada,  of W\" <w@example.com>\r\n"));
  EXPECT_EQ(detail::parse_mailbox("\"A \\\"B\\\" C\" <w@example.com>")->name, "A \"B\" C");
}

TEST(MailFormat, LetsNothingIntoTheHeaders) {
  const Mail fine{.to = "ada@example.com", .subject = "x", .text = "x"};
  for (const auto* to : {"ada@example.com\r\nBcc: eve@example.com",
                         "ada@example.com\n",
                         "ada@example.com, eve@example.com",
                         "<ada@example.com>",
                         "ada@example.com>",
                         "ada example.com",
                         "",
                         "@",
                         "ada@",
                         "@example.com",
                         "a b@example.com",
                         "ada@exam ple.com",
                         "ada@example..com",
                         ".ada@example.com",
                         "ada.@example.com",
                         "ada@-example.com",
                         "ada@example-.com",
                         "ada@example.com.",
                         "\"ada\"@example.com",
                         "ada@[127.0.0.1]",
                         "ad\xC3\xA9@example.com",
                         "ada@example.com\t"}) {
    Mail mail = fine;
    mail.to = to;
    const auto message = format_mail(mail, "wharf@example.com", kAt, "id");
    ASSERT_FALSE(message) << to;
    EXPECT_EQ(message.error().code, Errc::invalid_request);
  }
  for (const std::string subject : {"x\r\nBcc: eve@example.com", "x\n", "x\r", "a\x1b[0m", "\xC3", "\xFF"}) {
    Mail mail = fine;
    mail.subject = subject;
    EXPECT_FALSE(format_mail(mail, "wharf@example.com", kAt, "id")) << subject;
  }
  Mail nul = fine;
  nul.subject = std::string("x\0y", 3);
  EXPECT_FALSE(format_mail(nul, "wharf@example.com", kAt, "id"));
  for (const auto* sender :
       {"", "Wharf", "Wharf <>", "Wharf <w@example.com>\r\nX: y", "W\r\nX: <w@example.com>", "<w@example.com> x"}) {
    EXPECT_FALSE(format_mail(fine, sender, kAt, "id")) << sender;
  }
  Mail broken = fine;
  broken.text = "\xC3(";
  EXPECT_FALSE(format_mail(broken, "wharf@example.com", kAt, "id"));
}

TEST(MailAddress, IsOne) {
  for (const auto* text :
       {"ada@example.com", "a@b", "ada+tag@mail.example.co.uk", "a.b-c_d@x-y.example", "o'neil@x.ie", "1@2.example"}) {
    EXPECT_TRUE(is_mail_address(text)) << text;
  }
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@example.com"));
  EXPECT_FALSE(is_mail_address("a@" + std::string(300, 'a')));
}

TEST(Utf8, IsReadStrictly) {
  for (const auto* text : {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9A\xA2", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(detail::is_utf8(text)) << text;
  }
  for (const auto* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xC3x"}) {
    EXPECT_FALSE(detail::is_utf8(text));
  }
}

TEST(QuotedPrintable, FoldsLongLines) {
  const auto out = detail::quoted_printable(std::string(200, 'a') + "\n" + std::string(80, ' ') + "\n");
  expect_proper(out);
  EXPECT_THAT(out, HasSubstr("=\r\n"));
  EXPECT_THAT(out, Not(HasSubstr(" \r\n")));
  EXPECT_EQ(detail::quoted_printable("a\r\nb\nc"), "a\r\nb\r\nc\r\n");
  EXPECT_EQ(detail::quoted_printable("a\rb"), "a=0Db\r\n");
}

}  // namespace
}  // namespace wharf::net
