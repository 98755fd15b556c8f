#include "inventory/java_groups.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "inventory/path.h"

namespace wharf::inventory {
namespace {

struct Group {
  std::string_view artifact;  ///< A name, or the beginning of one with `*` behind it.
  std::string_view group;
  int since = 0;  ///< The major version from which on it is this group.
};
/// Whose jars are known to have no pom.properties, or are still in use from the time before there were any.
/// Source: the projects' artifacts on Maven Central.
constexpr Group kGroups[] = {
    {"ant", "org.apache.ant"},
    {"ant-*", "org.apache.ant"},
    {"antlr", "antlr"},
    {"activation", "javax.activation"},
    {"akka-*", "com.typesafe.akka"},
    {"asm", "org.ow2.asm"},
    {"asm-all", "org.ow2.asm"},
    {"asm-analysis", "org.ow2.asm"},
    {"asm-commons", "org.ow2.asm"},
    {"asm-tree", "org.ow2.asm"},
    {"asm-util", "org.ow2.asm"},
    {"aspectjrt", "org.aspectj"},
    {"aspectjtools", "org.aspectj"},
    {"aspectjweaver", "org.aspectj"},
    {"axis", "org.apache.axis"},
    {"batik-*", "org.apache.xmlgraphics"},
    {"bc-fips", "org.bouncycastle"},
    {"bcmail-*", "org.bouncycastle"},
    {"bcpg-*", "org.bouncycastle"},
    {"bcpkix-*", "org.bouncycastle"},
    {"bcprov-*", "org.bouncycastle"},
    {"bctls-*", "org.bouncycastle"},
    {"bcutil-*", "org.bouncycastle"},
    {"bsh", "org.apache-extras.beanshell"},
    {"bson", "org.mongodb"},
    {"bson-record-codec", "org.mongodb"},
    {"cglib", "cglib"},
    {"cglib-nodep", "cglib"},
    {"checker-compat-qual", "org.checkerframework"},
    {"checker-qual", "org.checkerframework"},
    {"commons-beanutils", "commons-beanutils"},
    {"commons-chain", "commons-chain"},
    {"commons-cli", "commons-cli"},
    {"commons-codec", "commons-codec"},
    {"commons-collections", "commons-collections"},
    {"commons-configuration", "commons-configuration"},
    {"commons-daemon", "commons-daemon"},
    {"commons-dbcp", "commons-dbcp"},
    {"commons-dbutils", "commons-dbutils"},
    {"commons-digester", "commons-digester"},
    {"commons-discovery", "commons-discovery"},
    {"commons-el", "commons-el"},
    {"commons-fileupload", "commons-fileupload"},
    {"commons-httpclient", "commons-httpclient"},
    {"commons-io", "commons-io"},
    {"commons-jelly", "commons-jelly"},
    {"commons-jexl", "commons-jexl"},
    {"commons-jxpath", "commons-jxpath"},
    {"commons-lang", "commons-lang"},
    {"commons-logging", "commons-logging"},
    {"commons-modeler", "commons-modeler"},
    {"commons-net", "commons-net"},
    {"commons-pool", "commons-pool"},
    {"commons-validator", "commons-validator"},
    {"commons-vfs", "commons-vfs"},
    {"connect-api", "org.apache.kafka"},
    {"connect-file", "org.apache.kafka"},
    {"connect-json", "org.apache.kafka"},
    {"connect-mirror", "org.apache.kafka"},
    {"connect-mirror-client", "org.apache.kafka"},
    {"connect-runtime", "org.apache.kafka"},
    {"connect-transforms", "org.apache.kafka"},
    {"derby", "org.apache.derby"},
    {"derbyclient", "org.apache.derby"},
    {"derbyLocale_*", "org.apache.derby"},
    {"derbynet", "org.apache.derby"},
    {"derbyshared", "org.apache.derby"},
    {"derbytools", "org.apache.derby"},
    {"dom4j", "dom4j"},
    {"elasticsearch", "org.elasticsearch"},
    {"elasticsearch-*", "org.elasticsearch"},
    {"elasticsearch-java", "co.elastic.clients"},
    {"elasticsearch-rest-*", "org.elasticsearch.client"},
    {"aggs-matrix-stats-client", "org.elasticsearch.plugin"},
    {"lang-mustache-client", "org.elasticsearch.plugin"},
    {"mapper-extras-client", "org.elasticsearch.plugin"},
    {"parent-join-client", "org.elasticsearch.plugin"},
    {"percolator-client", "org.elasticsearch.plugin"},
    {"rank-eval-client", "org.elasticsearch.plugin"},
    {"reindex-client", "org.elasticsearch.plugin"},
    {"transport-netty4-client", "org.elasticsearch.plugin"},
    {"fop", "org.apache.xmlgraphics"},
    {"graphql-java", "com.graphql-java"},
    {"groovy", "org.codehaus.groovy"},
    {"groovy-*", "org.codehaus.groovy"},
    {"groovy", "org.apache.groovy", 4},
    {"groovy-*", "org.apache.groovy", 4},
    {"grpc-*", "io.grpc"},
    {"gson", "com.google.code.gson"},
    {"guava", "com.google.guava"},
    {"guice", "com.google.inject"},
    {"h2", "com.h2database"},
    {"hamcrest", "org.hamcrest"},
    {"hamcrest-*", "org.hamcrest"},
    {"hibernate-c3p0", "org.hibernate"},
    {"hibernate-commons-annotations", "org.hibernate.common"},
    {"hibernate-core", "org.hibernate"},
    {"hibernate-core", "org.hibernate.orm", 6},
    {"hibernate-ehcache", "org.hibernate"},
    {"hibernate-entitymanager", "org.hibernate"},
    {"hibernate-envers", "org.hibernate"},
    {"hibernate-envers", "org.hibernate.orm", 6},
    {"hibernate-jpa-2*", "org.hibernate.javax.persistence"},
    {"hsqldb", "org.hsqldb"},
    {"itext", "com.lowagie"},
    {"ivy", "org.apache.ivy"},
    {"jackson-core-asl", "org.codehaus.jackson"},
    {"jackson-core-lgpl", "org.codehaus.jackson"},
    {"jackson-jaxrs", "org.codehaus.jackson"},
    {"jackson-mapper-asl", "org.codehaus.jackson"},
    {"jackson-mapper-lgpl", "org.codehaus.jackson"},
    {"jackson-xc", "org.codehaus.jackson"},
    {"javassist", "javassist"},
    {"jaxb-core", "com.sun.xml.bind"},
    {"jaxb-impl", "com.sun.xml.bind"},
    {"jaxb-xjc", "com.sun.xml.bind"},
    {"jdom", "jdom"},
    {"jdom2", "org.jdom"},
    {"jline", "jline"},
    {"jna", "net.java.dev.jna"},
    {"jna-platform", "net.java.dev.jna"},
    {"json-path", "com.jayway.jsonpath"},
    {"jsp-api", "javax.servlet.jsp"},
    {"jsr305", "com.google.code.findbugs"},
    {"jstl", "javax.servlet"},
    {"jta", "javax.transaction"},
    {"junit", "junit"},
    {"junit-jupiter", "org.junit.jupiter"},
    {"junit-jupiter-*", "org.junit.jupiter"},
    {"junit-platform-*", "org.junit.platform"},
    {"jython", "org.python"},
    {"jython-standalone", "org.python"},
    {"kafka-*", "org.apache.kafka"},
    {"kafka_*", "org.apache.kafka"},
    {"kotlin-*", "org.jetbrains.kotlin"},
    {"kotlinx-*", "org.jetbrains.kotlinx"},
    {"ktor-*", "io.ktor"},
    {"liquibase-core", "org.liquibase"},
    {"log4j", "log4j"},
    {"logging-interceptor", "com.squareup.okhttp3"},
    {"lucene-*", "org.apache.lucene"},
    {"lz4", "net.jpountz.lz4"},
    {"lz4-java", "org.lz4"},
    {"mail", "javax.mail"},
    {"micrometer-*", "io.micrometer"},
    {"micronaut-*", "io.micronaut"},
    {"micronaut-data-*", "io.micronaut.data"},
    {"micronaut-security", "io.micronaut.security"},
    {"micronaut-security-*", "io.micronaut.security"},
    {"mongo-java-driver", "org.mongodb"},
    {"mongodb-driver-*", "org.mongodb"},
    {"moshi", "com.squareup.moshi"},
    {"mysql-connector-j", "com.mysql"},
    {"mysql-connector-java", "mysql"},
    {"nekohtml", "net.sourceforge.nekohtml"},
    {"ognl", "ognl"},
    {"ojdbc*", "com.oracle.database.jdbc"},
    {"okhttp", "com.squareup.okhttp"},
    {"okhttp", "com.squareup.okhttp3", 3},
    {"okio", "com.squareup.okio"},
    {"okio-jvm", "com.squareup.okio"},
    {"ooxml-schemas", "org.apache.poi"},
    {"opencensus-*", "io.opencensus"},
    {"opensearch", "org.opensearch"},
    {"opensearch-*", "org.opensearch"},
    {"opensearch-java", "org.opensearch.client"},
    {"opensearch-rest-*", "org.opensearch.client"},
    {"opentelemetry-*", "io.opentelemetry"},
    {"oro", "oro"},
    {"perfmark-api", "io.perfmark"},
    {"play-*", "com.typesafe.play"},
    {"play_*", "com.typesafe.play"},
    {"poi", "org.apache.poi"},
    {"poi-*", "org.apache.poi"},
    {"postgresql", "org.postgresql"},
    {"protobuf-java", "com.google.protobuf"},
    {"protobuf-java-util", "com.google.protobuf"},
    {"quartz", "org.quartz-scheduler"},
    {"reactor-core", "io.projectreactor"},
    {"reactor-netty", "io.projectreactor.netty"},
    {"reactor-netty-*", "io.projectreactor.netty"},
    {"retrofit", "com.squareup.retrofit"},
    {"retrofit", "com.squareup.retrofit2", 2},
    {"rxjava", "io.reactivex"},
    {"rxjava", "io.reactivex.rxjava2", 2},
    {"rxjava", "io.reactivex.rxjava3", 3},
    {"scala-compiler", "org.scala-lang"},
    {"scala-library", "org.scala-lang"},
    {"scala-reflect", "org.scala-lang"},
    {"serializer", "xalan"},
    {"servlet-api", "javax.servlet"},
    {"solr-*", "org.apache.solr"},
    {"spring", "org.springframework"},
    {"spring-amqp", "org.springframework.amqp"},
    {"spring-aop", "org.springframework"},
    {"spring-aspects", "org.springframework"},
    {"spring-batch-*", "org.springframework.batch"},
    {"spring-beans", "org.springframework"},
    {"spring-boot", "org.springframework.boot"},
    {"spring-boot-*", "org.springframework.boot"},
    {"spring-cloud-*", "org.springframework.cloud"},
    {"spring-context", "org.springframework"},
    {"spring-context-*", "org.springframework"},
    {"spring-core", "org.springframework"},
    {"spring-core-test", "org.springframework"},
    {"spring-data-*", "org.springframework.data"},
    {"spring-expression", "org.springframework"},
    {"spring-graphql", "org.springframework.graphql"},
    {"spring-hateoas", "org.springframework.hateoas"},
    {"spring-instrument", "org.springframework"},
    {"spring-integration-*", "org.springframework.integration"},
    {"spring-jcl", "org.springframework"},
    {"spring-jdbc", "org.springframework"},
    {"spring-jms", "org.springframework"},
    {"spring-kafka", "org.springframework.kafka"},
    {"spring-ldap-*", "org.springframework.ldap"},
    {"spring-messaging", "org.springframework"},
    {"spring-orm", "org.springframework"},
    {"spring-oxm", "org.springframework"},
    {"spring-plugin-*", "org.springframework.plugin"},
    {"spring-r2dbc", "org.springframework"},
    {"spring-rabbit", "org.springframework.amqp"},
    {"spring-restdocs-*", "org.springframework.restdocs"},
    {"spring-retry", "org.springframework.retry"},
    {"spring-security-*", "org.springframework.security"},
    {"spring-security-oauth", "org.springframework.security.oauth"},
    {"spring-security-oauth2", "org.springframework.security.oauth"},
    {"spring-session-*", "org.springframework.session"},
    {"spring-social-*", "org.springframework.social"},
    {"spring-statemachine-*", "org.springframework.statemachine"},
    {"spring-test", "org.springframework"},
    {"spring-tx", "org.springframework"},
    {"spring-vault-core", "org.springframework.vault"},
    {"spring-web", "org.springframework"},
    {"spring-webflow", "org.springframework.webflow"},
    {"spring-webflux", "org.springframework"},
    {"spring-webmvc", "org.springframework"},
    {"spring-webmvc-portlet", "org.springframework"},
    {"spring-websocket", "org.springframework"},
    {"spring-ws-*", "org.springframework.ws"},
    {"spring-xml", "org.springframework.ws"},
    {"struts", "struts"},
    {"thymeleaf", "org.thymeleaf"},
    {"thymeleaf-extras-*", "org.thymeleaf.extras"},
    {"thymeleaf-spring*", "org.thymeleaf"},
    {"tomcat-*", "org.apache.tomcat"},
    {"tomcat-embed-*", "org.apache.tomcat.embed"},
    {"unboundid-ldapsdk", "com.unboundid"},
    {"velocity", "org.apache.velocity"},
    {"velocity-tools", "org.apache.velocity"},
    {"xalan", "xalan"},
    {"xercesImpl", "xerces"},
    {"xml-apis", "xml-apis"},
    {"xml-apis-ext", "xml-apis"},
    {"xml-resolver", "xml-resolver"},
    {"xmlbeans", "org.apache.xmlbeans"},
    {"xmlgraphics-commons", "org.apache.xmlgraphics"},
    {"xmlpull", "xmlpull"},
    {"xmlsec", "org.apache.santuario"},
    {"xom", "xom"},
    {"xpp3", "xpp3"},
    {"zookeeper", "org.apache.zookeeper"},
};

/// "9.0.56" is 9.
int major_of(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

/// The exact name before any beginning, a longer beginning before a shorter one, the later version before the earlier.
std::string_view known_group(std::string_view artifact, std::string_view version) {
  const Group* best = nullptr;
  const auto rank = [](const Group& it) {
    const bool exact = !it.artifact.ends_with('*');
    return std::tuple(exact, it.artifact.size(), it.since);
  };
  for (const Group& it : kGroups) {
    const bool begins = it.artifact.ends_with('*');
    const auto name = begins ? it.artifact.substr(0, it.artifact.size() - 1) : it.artifact;
    if (begins ? !artifact.starts_with(name) : artifact != name) continue;
    if (it.since > major_of(version)) continue;
    if (best == nullptr || rank(it) > rank(*best)) best = &it;
  }
  return best == nullptr ? std::string_view() : best->group;
}

/// ".../repository/org/acme/tool/1.0/tool-1.0.jar" of Maven, ".../files-2.1/org.acme/tool/1.0/HASH/tool-1.0.jar" of
/// Gradle.
std::string group_of_path(std::string_view artifact, std::string_view version, std::string_view path) {
  std::string_view folder = parent_path(path);
  if (folder.find("/files-2.1/") != std::string_view::npos) folder = parent_path(folder);
  const std::string end = '/' + std::string(artifact) + '/' + std::string(version);
  if (version.empty() || !folder.ends_with(end)) return {};
  folder.remove_suffix(end.size());
  for (const std::string_view root : {"/files-2.1/", "/repository/", "/maven-repo/"}) {
    const auto at = folder.rfind(root);
    if (at == std::string_view::npos) continue;
    std::string group(folder.substr(at + root.size()));
    std::ranges::replace(group, '/', '.');
    return group;
  }
  return {};
}

}  // namespace

std::string group_of_artifact(std::string_view artifact, std::string_view version, std::string_view path) {
  auto group = group_of_path(artifact, version, path);
  return group.empty() ? std::string(known_group(artifact, version)) : group;
}

}  // namespace wharf::inventory
