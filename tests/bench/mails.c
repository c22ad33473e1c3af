/*
 * Mails by a bare loop of libcurl over one connection, each the same bytes: mails URL FILE COUNT FROM DOMAIN. Prints the
 * milliseconds. The recipients are c0@DOMAIN, c1@DOMAIN, …
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *bytes;
static size_t size, at;

static void read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    size = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(size + 1);
    if (!bytes || fread(bytes, 1, size, file) != size)
        exit(1);
    fclose(file);
}

static size_t give(char *buffer, size_t n, size_t count, void *ctx)
{
    size_t most = n * count, left = size - at, now = left < most ? left : most;
    (void)ctx;
    memcpy(buffer, bytes + at, now);
    at += now;
    return now;
}

static void send_one(CURL *curl, const char *domain, int number)
{
    char to[300];
    snprintf(to, sizeof(to), "<c%d@%.250s>", number, domain);
    struct curl_slist *list = curl_slist_append(NULL, to);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, list);
    CURLcode code = CURLE_SEND_ERROR;
    for (int i = 0; i < 2 && code == CURLE_SEND_ERROR;
         i++) { /* servers end a connection after a hundred mails or so */
        at = 0;
        code = curl_easy_perform(curl);
    }
    curl_slist_free_all(list);
    if (code != CURLE_OK) {
        fprintf(stderr, "mail %d: %s\n", number, curl_easy_strerror(code));
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct timespec from, to;
    if (argc != 6)
        return 2;
    read_file(argv[2]);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, argv[4]);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < atoi(argv[3]); i++)
        send_one(curl, argv[5], i);
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.0f\n", (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6);
    curl_easy_cleanup(curl);
    free(bytes);
    return 0;
}
