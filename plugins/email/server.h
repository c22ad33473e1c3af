/*
 * server - what SMTP and IMAP have in common: where the server is, how the connection is encrypted, who signs in, and what a failure
 * of libcurl means to an operator.
 *
 * Certificates are always verified. Without encryption only a server on this machine is spoken to, and only if the settings
 * say so. Secrets reach no error text. Any thread: nothing here has state.
 */
#ifndef EMAIL_SERVER_H
#define EMAIL_SERVER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include <tocsin/connector.h>

enum email_tls { EMAIL_STARTTLS, EMAIL_TLS, EMAIL_PLAIN };

struct email_server {
    const char *protocol; /* "smtp" or "imap" */
    const char *setting;  /* "smtp" or "imap", as the operator knows it */
    char *host;           /* "": none; owned */
    uint16_t port;
    enum email_tls tls;
    const char *user, *password, *token, *ca_file; /* "": none; borrowed */
};

/* Reads "host", "host:port" or "[v6]:port", and "starttls", "tls" or "none". NULL, or what is wrong. The caller frees host. */
const char *email_server_parse(struct email_server *server, const char *address, const char *tls,
                               bool has_tls_port);

/* Options of a connection; `path` is what follows the host in the URL, beginning with a slash. False: memory ran out. */
bool email_server_options(const struct email_server *server, CURL *curl, const char *path);

/* Says what went wrong and what to do. `said` is the server's last line, "" if it said nothing. Returns TOCSIN_AUTH for what a person
   must mend, else TOCSIN_RETRY. */
int32_t email_server_explain(const struct email_server *server, CURLcode code, const char *said, char *text,
                             size_t size);

/* Keeps the last line that the server said, cleaned; for CURLOPT_DEBUGFUNCTION with CURLOPT_DEBUGDATA. */
struct email_heard {
    char line[300];
};
int email_server_hear(CURL *curl, curl_infotype type, char *data, size_t n, void *heard);

#endif
