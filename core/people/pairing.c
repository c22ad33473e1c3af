/* Codes that link two persons. */
#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "base/id.h"
#include "people/links.h"
#include "people/table.h"

#define DIGITS     8
#define HOLDS      (10 * MINUTE)
#define WRONG_MOST 5  /* codes within the hour */
#define ONE_MOST   20 /* persons in one: whatever asks who somebody is may look through them */
#define HASH_BYTES 16

static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; /* 32, without those that look alike */

/* The code without what people put into it. False: it is none. */
static bool read_code(const char *text, char ret[DIGITS + 1])
{
    size_t n = 0;
    for (; *text; text++) {
        if ((*text == '-' || *text == ' ') && n == DIGITS / 2)
            continue;
        if (!isalnum((unsigned char)*text) || n == DIGITS)
            return false;
        ret[n++] = (char)toupper((unsigned char)*text);
    }
    ret[n] = '\0';
    return n == DIGITS;
}

bool people_is_code(const char *text)
{
    char code[DIGITS + 1];
    return read_code(text, code);
}

static void hash_code(const char *code, char ret[2 * HASH_BYTES + 1])
{
    uint8_t hash[HASH_BYTES];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)code, DIGITS, NULL, 0);
    hex_encode(hash, sizeof(hash), ret);
}

int people_pair(struct turn *turn, const char *id, char ret_code[PAIRING_TEXT], struct error *err)
{
    struct people *people = people_of(turn_core(turn));
    struct person_row *known = row_get(people, id), *row = known ? row_head(known) : NULL;
    char code[DIGITS + 1] = {0}, hash[2 * HASH_BYTES + 1];
    uint8_t random[DIGITS];
    if (!row)
        return error_set(err, ERR_AUTH, "I don't know who you are here.");
    core_random(turn_core(turn), random, sizeof(random));
    for (size_t i = 0; i < DIGITS; i++)
        code[i] = alphabet[random[i] % 32];
    hash_code(code, hash);
    row_pair(people, row, hash, turn_now(turn) + HOLDS);
    row_write_pairing(turn, row);
    snprintf(ret_code, PAIRING_TEXT, "%.4s-%.4s", code, code + DIGITS / 2);
    explicit_bzero(random, sizeof(random));
    explicit_bzero(code, sizeof(code));
    return 0;
}

/* ---- typed ---- */

static int check_tries(struct turn *turn, struct person_row *row, struct error *err)
{
    if (row->wrong_since + HOUR <= turn_now(turn))
        row->wrong = 0;
    return row->wrong < WRONG_MOST
               ? 0
               : error_set(err, ERR_REFUSED,
                           "You typed %d wrong codes within an hour. Nothing that you type is taken as a code "
                           "for the rest of it.",
                           WRONG_MOST);
}

static void count_try(struct turn *turn, struct person_row *row)
{
    row->wrong_since = row->wrong ? row->wrong_since : turn_now(turn);
    row->wrong++;
    row_write_pairing(turn, row);
}

/* Whose code this is; NULL: it is wrong, was used, or came too late, and nobody learns which. */
static struct person_row *owner_of(struct turn *turn, const char *typed)
{
    struct people *people = people_of(turn_core(turn));
    char code[DIGITS + 1], hash[2 * HASH_BYTES + 1];
    if (!read_code(typed, code))
        return NULL;
    hash_code(code, hash);
    struct person_row *owner = map_get(&people->pairings, hash);
    return owner && turn_now(turn) < owner->pairing_until ? owner : NULL;
}

static int check_size(struct person_row *row, struct person_row *owner, struct error *err)
{
    row_list rows = {0}, others = {0};
    rows_of(row, &rows);
    rows_of(owner, &others);
    size_t n = rows.n + others.n;
    array_free(&rows);
    array_free(&others);
    return n <= ONE_MOST ? 0
                         : error_set(err, ERR_REFUSED, "At most %d persons can be one. `unlink` takes one off.",
                                     ONE_MOST);
}

int people_redeem(struct turn *turn, const char *id, const char *code, const char **ret, struct error *err)
{
    struct people *people = people_of(turn_core(turn));
    struct person_row *known = row_get(people, id), *row = known ? row_head(known) : NULL;
    if (!row)
        return error_set(err, ERR_AUTH, "I don't know who you are here.");
    int rc = check_tries(turn, row, err);
    if (rc)
        return rc;
    struct person_row *owner = owner_of(turn, code);
    if (owner && row_head(owner) == row)
        return error_set(err, ERR_REFUSED,
                         "This code is your own. Type it on the other platform, as the other user.");
    if (!owner) {
        count_try(turn, row);
        return error_set(
            err, ERR_NOT_FOUND,
            "No such code. A code works once, within 10 minutes. Type `link` on the other platform "
            "to get a new one.");
    }
    rc = check_size(row, owner, err);
    if (rc)
        return rc;
    row_pair(people, owner, NULL, 0);
    row_write_pairing(turn, owner);
    *ret = row_head(owner)->person.id;
    return 0;
}
