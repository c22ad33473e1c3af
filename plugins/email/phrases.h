/*
 * phrases - what mail programs write by themselves, in two dozen languages. Each list ends with NULL. Compared without regard to the
 * case of ASCII letters.
 */
#ifndef EMAIL_PHRASES_H
#define EMAIL_PHRASES_H

extern const char *const phrases_away[];    /* begin of the subject of an automatic answer */
extern const char *const phrases_bounced[]; /* in the subject of a bounce */
extern const char *const phrases_forward[]; /* begin of the subject of a forwarded mail */

#endif
