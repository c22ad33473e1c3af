/*
 * bind - what the bindings (lua_*.c) share: the running script, fields of tables, objects.
 *
 * All functions run in a protected call and may leave by longjmp. Text that they read belongs to the given structure, whose
 * owner frees it. Errors say what is wrong with which field.
 */
#ifndef TOCSIN_POLICY_BIND_H
#define TOCSIN_POLICY_BIND_H

#include "policy/set.h"

#define FIELD_BYTES 16384 /* the limit of any string that a script passes in */

/* Each adds the functions of one area to the globals of a script. */
void bind_rules(lua_State *L);      /* rule, storm, services, severity, role */
void bind_policy(lua_State *L);     /* obligation, template, command, on */
void bind_roster(lua_State *L);     /* people, team */
void bind_access(lua_State *L);     /* access */
void bind_services(lua_State *L);   /* service, important */
void bind_rotation(lua_State *L);   /* rotation */
void bind_holidays(lua_State *L);   /* holidays */
void bind_escalation(lua_State *L); /* escalation */
void bind_heartbeat(lua_State *L);  /* heartbeat */
void bind_insight(lua_State *L);    /* insight */
void bind_drill(lua_State *L);      /* drill */
void bind_statuspage(lua_State *L); /* status_page, component */
void bind_messages(lua_State *L);   /* message */
void bind_posting(lua_State *L);    /* post */
void bind_incident(lua_State *L);   /* the incident object */
void bind_read(lua_State *L);       /* incident, incidents, person, customer, render */
void bind_group(lua_State *L);      /* the group object */
void bind_time(lua_State *L);       /* now, seconds, clock, at, … */

struct script *script_of(lua_State *L);
struct policy *policy_of(lua_State *L);

/* Copies the string at an index into *slot, sanitized; frees the old value. */
void take_text(lua_State *L, int index, const char *what, char **slot);
/* Fields of a table. An absent field leaves the slot unchanged, or raises an error if it is needed. */
bool field_text(lua_State *L, int table, const char *key, bool needed, char **slot);
bool field_bool(lua_State *L, int table, const char *key, bool fallback);
int64_t field_int(lua_State *L, int table, const char *key, int64_t fallback, int64_t least, int64_t most);
duration field_duration(lua_State *L, int table, const char *key, duration fallback);
void field_function(lua_State *L, int table, const char *key, struct callback *ret);
/* Whom a field names, in the words of access{}: "everybody", "group:sre", "token:deploy-bot", a person's id or address. */
void field_askers(lua_State *L, const char *field, text_list *ret);
/* Adds a string, or each of a list of strings, to the list. */
void field_texts(lua_State *L, int table, const char *key, text_list *list);
void take_texts(lua_State *L, int index, const char *what, text_list *list);
/* hours, days, holidays and zone, as rotation{} has them. */
void field_hours(lua_State *L, int table, struct hours_row *ret);
/* quiet = { hours = …, days = …, zone = …, severity = … }, if it is there. */
void field_quiet(lua_State *L, int table, struct quiet_row *ret);
/* Refuses members that are not in `known` (NULL-terminated), suggesting the nearest one. */
void check_fields(lua_State *L, int table, const char *what, const char *const *known);
/* A span as a string ("15m") or a number of seconds. */
duration check_duration(lua_State *L, int index, const char *what);
instant check_instant(lua_State *L, int index); /* seconds since 1970 */
const char *opt_zone(lua_State *L, int index);  /* NULL: not given; an unknown one is an error */
void push_instant(lua_State *L, instant t);     /* 0 pushes nil */
void push_seconds(lua_State *L, duration d);    /* a negative span pushes nil */

/* The set that the running file declares things in; raises an error when it is sealed. */
struct policy_set *open_set(lua_State *L, const char *what);
/* Begins a declaration from the table at 1: name, where and off. False: it is off, so there is nothing more to read. */
bool declare_named(lua_State *L, struct named *named);

/* A declaration that may go without a name: its place is its name. */
void name_by_place(lua_State *L);

/* declare = { title, severity, … }: given fields replace those of *effect. */
void take_effect(lua_State *L, int table, struct effect *effect);

void push_incident_methods(lua_State *L);
/* The results of important(): whether it is, and a list of the criteria. NULL incident: of the group. */
int push_importance(lua_State *L, const struct incident *incident, const struct group *group);

/* Objects. */
void push_incident(lua_State *L, const struct incident *incident); /* NULL pushes nil */
void push_incident_number(lua_State *L, uint64_t id);
uint64_t check_incident(lua_State *L, int index);                /* its number */
const struct incident *find_incident(lua_State *L, uint64_t id); /* NULL: gone, or hidden */
void push_event(lua_State *L, const struct event *event);
void push_group(lua_State *L);                                                 /* the group being judged */
void push_customer_record(lua_State *L, const struct policy_customer *record); /* into the table on top */

#endif
