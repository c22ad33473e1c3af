/*
 * web - the component that serves HTTP: the intake's paths, the API, its live stream, and the app. A component
 * after it may add routes of its own to the server. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_WEB_H
#define TOCSIN_DAEMON_WEB_H

#include "app/app.h"

struct server *daemon_server(void);
struct app *daemon_app(void);

#endif
