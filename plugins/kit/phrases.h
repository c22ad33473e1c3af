/*
 * phrases - what mail programs write around what they quote, in two dozen languages. Each list ends with NULL. Compared without
 * regard to the case of ASCII letters.
 */
#ifndef KIT_PHRASES_H
#define KIT_PHRASES_H

extern const char *const kit_phrases_original[];  /* in "-----Original Message-----" */
extern const char *const kit_phrases_fields[];    /* names of fields of a quoted mail's header */
extern const char *const kit_phrases_on[];        /* begin of "On Monday Ana wrote:" */
extern const char *const kit_phrases_wrote[];     /* its verb */
extern const char *const kit_phrases_sent_from[]; /* begin of "Sent from my iPhone" */

#endif
