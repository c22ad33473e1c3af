/*
 * parse - what a mail says: bytes -> texts, whatever the bytes are.
 *
 * Nothing in a mail is trusted: not its length, encoding, nesting or number of parts. Too much of anything is left out.
 * All texts are valid UTF-8 without control characters except newline and tab. Attachments are named and measured, never
 * opened; a mail within the mail is an attachment. Pure: any thread, after mail_init.
 */
#ifndef EMAIL_PARSE_H
#define EMAIL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAIL_BYTES  ((size_t)25 << 20) /* what follows is left out */
#define MAIL_HEADER ((size_t)256 << 10)
#define MAIL_TEXT   ((size_t)512 << 10) /* of each form of the text */
#define MAIL_PARTS  200
#define MAIL_DEPTH  20
#define MAIL_FILES  50
#define MAIL_LIST   100 /* recipients, references */

struct mail_list {
    char **v;
    size_t n;
};

struct mail_file {
    char *name;
    int64_t size; /* decoded; 0: not known */
    void *part;   /* GMime's; NULL: it is not whole */
};

struct mail {
    void *message;          /* GMime's */
    char *from, *from_name; /* lower case; "" unless exactly one valid address is given */
    char *subject;
    char *id;                    /* without <>; "": none that is valid */
    struct mail_list references; /* oldest first, In-Reply-To last */
    struct mail_list recipients; /* lower case: of the envelope as far as it is known, To, Cc */
    char *text, *html;           /* ""; html is as it came */
    struct mail_file files[MAIL_FILES];
    size_t file_count, part_count;
    bool encrypted;
    bool shortened; /* by `tocsin mail`: sizes are not known */
    char *report;   /* of a bounce: the fields of message/delivery-status; NULL: none */
    char *original; /* of a bounce: the Message-ID of the mail that it is about; NULL: unknown */
};

/* Prepares the library. Call it once, before any other thread reads or builds mails. */
void mail_init(void);
/* NULL: it is not a mail, or its header is too long. The caller destroys it. */
struct mail *mail_parse(const char *bytes, size_t n);
void mail_destroy(struct mail *mail);
/* Writes what is attached, decoded, to a file. False: that failed, or it is not whole. */
bool mail_file_write(const struct mail_file *file, int fd);
/* The value of the header's i-th occurrence, unfolded; NULL: there is none. The caller frees. */
char *mail_header(const struct mail *mail, const char *name, size_t i);
/* Is the header there, and does it contain this word (in any case)? */
bool mail_has(const struct mail *mail, const char *name, const char *word);
size_t mail_count(const struct mail *mail, const char *name);

#endif
