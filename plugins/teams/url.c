#include "url.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

/* Copies a part in lower case. False if there is none, or if it is too long. */
static bool copy_part(CURLU *parsed, CURLUPart which, unsigned flags, char *to, size_t size)
{
    char *part = NULL;
    bool good = curl_url_get(parsed, which, &part, flags) == CURLUE_OK && strlen(part) < size;
    if (good) {
        for (size_t i = 0; i <= strlen(part); i++)
            to[i] = (char)tolower((unsigned char)part[i]);
    }
    curl_free(part);
    return good;
}

static bool has_part(CURLU *parsed, CURLUPart which)
{
    char *part = NULL;
    bool has = curl_url_get(parsed, which, &part, 0) == CURLUE_OK;
    curl_free(part);
    return has;
}

bool url_origin(const char *url, struct url_origin *origin)
{
    CURLU *parsed = curl_url();
    bool good = parsed && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
                !has_part(parsed, CURLUPART_USER) && !has_part(parsed, CURLUPART_PASSWORD) &&
                copy_part(parsed, CURLUPART_SCHEME, 0, origin->scheme, sizeof(origin->scheme)) &&
                copy_part(parsed, CURLUPART_HOST, 0, origin->host, sizeof(origin->host)) &&
                copy_part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT, origin->port, sizeof(origin->port));
    curl_url_cleanup(parsed);
    return good && (strcmp(origin->scheme, "https") == 0 || strcmp(origin->scheme, "http") == 0);
}

static bool is_this_machine(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

bool url_is_safe(const char *url)
{
    struct url_origin origin;
    return url_origin(url, &origin) && (strcmp(origin.scheme, "https") == 0 || is_this_machine(origin.host));
}

bool url_leads_to(const char *url, const char *host)
{
    struct url_origin here, there;
    char whole[300];
    int n = snprintf(whole, sizeof(whole), "%s%s", strstr(host, "://") ? "" : "https://", host);
    return n < (int)sizeof(whole) && url_origin(url, &here) && url_origin(whole, &there) &&
           strcmp(here.scheme, there.scheme) == 0 && strcmp(here.host, there.host) == 0 &&
           strcmp(here.port, there.port) == 0;
}
